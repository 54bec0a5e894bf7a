export { ConcernedContactResolver, TicketContactResolver } from './ticket-contact.resolver.ts';
