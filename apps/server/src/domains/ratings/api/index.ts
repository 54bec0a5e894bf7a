export { TicketRatingsResolver } from './rating.resolver.ts';
