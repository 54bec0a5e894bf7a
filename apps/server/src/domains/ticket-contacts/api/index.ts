export { TicketContactResolver } from './ticket-contact.resolver.ts';
