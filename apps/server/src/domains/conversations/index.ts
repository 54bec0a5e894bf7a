export { Channel, Conversation, Message, sourceByChannel } from './conversation.entity.ts';
export { ConversationNotFound } from './conversation.errors.ts';
export { ConversationEvent, MessageEvent } from './conversation.events.ts';
export { beginConversation, writeAsClient } from './exchange-messages.ts';
export { findConversation } from './find-conversations.ts';
export { findMessage } from './find-messages.ts';
export { linkConversation, lockFreeConversation, openConversation } from './open-conversation.ts';
export { recordConversations } from './stream-conversations.ts';
export { findUnansweredSince, listConversationIds } from './unanswered.ts';
