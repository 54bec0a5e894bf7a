import { defineEntity, p } from '@mikro-orm/core';

const MessageReceiptSchema = defineEntity({
  name: 'MessageReceipt',
  properties: {
    workspaceId: p.uuid().primary(),
    messageId: p.uuid().primary(),
    /** The ticket of the link on which the customer wrote. */
    ticketId: p.uuid(),
    /** The ticket that was created for the message, and the link that the customer got to it; both null where there is none. */
    followUpId: p.uuid().strictNullable(),
    linkGeneration: p.uuid().strictNullable(),
    createdAt: p.datetime(),
  },
});

/** The answer to a customer's message, so that a retry gets the same answer whatever changed since. */
export class MessageReceipt extends MessageReceiptSchema.class {}
MessageReceiptSchema.setClass(MessageReceipt);
