export { TicketTemplate } from './ticket-template.entity.ts';
