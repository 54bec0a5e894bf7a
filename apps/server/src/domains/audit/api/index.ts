export { ActivityEntryResolver, ActivityEntryType, TicketActivityResolver } from './activity.resolver.ts';
