export const MessageEvent = {
  /** A reply to the client. */
  SENT: 'message.sent',
  /** Of the client. */
  RECEIVED: 'message.received',
} as const;
