export { MessageType } from './message.type.ts';
export { MessageResolver, TicketMessagesResolver } from './message.resolver.ts';
