export { TicketContact } from './ticket-contact.entity.ts';
export { TicketContactEvent } from './ticket-contact.events.ts';
