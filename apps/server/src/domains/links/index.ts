export { TicketLink } from './link.entity.ts';
export { addLink } from './link-tickets.ts';
