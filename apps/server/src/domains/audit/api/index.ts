export { ActivityEntryResolver, TicketActivityResolver } from './activity.resolver.ts';
