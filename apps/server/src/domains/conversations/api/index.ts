export { ConversationStreamResolver } from './conversation-stream.resolver.ts';
export {
  ConversationLinkedType,
  ConversationNotFoundType,
  ConversationOfAnotherType,
  ConversationResolver,
  TicketConversationsResolver,
} from './conversation.resolver.ts';
export { MessageType } from './message.type.ts';
export { MessageResolver, TicketMessagesResolver } from './message.resolver.ts';
