export { MessageResolver, TicketMessagesResolver } from './message.resolver.ts';
