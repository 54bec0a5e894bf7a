export { TicketTimeResolver, TimeEntryResolver } from './time-spent.resolver.ts';
