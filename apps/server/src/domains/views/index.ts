export { whereVisible } from './find-tickets.ts';
export { View } from './view.entity.ts';
export { TicketOrder, type TicketFilter } from './ticket-filter.ts';
