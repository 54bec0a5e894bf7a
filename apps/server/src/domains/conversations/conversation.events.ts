export const MessageEvent = {
  /** A reply to the client. */
  SENT: 'message.sent',
  /** Of the client. */
  RECEIVED: 'message.received',
} as const;

export const ConversationEvent = {
  /** It began, went on, was done, or became a ticket's. */
  CHANGED: 'conversation.changed',
  /** On the ticket that it became a part of. */
  LINKED: 'conversation.linked',
  /** On the ticket that it was taken from. */
  UNLINKED: 'conversation.unlinked',
} as const;
