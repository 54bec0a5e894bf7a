export { Channel, Conversation, Message } from './conversation.entity.ts';
export { MessageEvent } from './conversation.events.ts';
export { writeAsClient } from './exchange-messages.ts';
export { findMessage } from './find-messages.ts';
