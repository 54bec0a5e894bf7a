import { defineEntity, p } from '@mikro-orm/core';
import { TicketSource } from '@baton/rules';

/** LINK: written on the ticket's public link. API: brought by a program. */
export const Channel = { EMAIL: 'EMAIL', LINK: 'LINK', API: 'API' } as const;
export type Channel = (typeof Channel)[keyof typeof Channel];

/** The source of a ticket that is made of what a customer wrote. */
export const sourceByChannel: Readonly<Record<Channel, TicketSource>> = {
  EMAIL: TicketSource.EMAIL,
  LINK: TicketSource.PUBLIC_LINK,
  API: TicketSource.API,
};

export const Direction = { IN: 'IN', OUT: 'OUT' } as const;
export type Direction = (typeof Direction)[keyof typeof Direction];

const ConversationSchema = defineEntity({
  name: 'Conversation',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    /** Null while it belongs to no ticket. */
    ticketId: p.uuid().strictNullable(),
    contactId: p.uuid(),
    channel: p.enum(() => Channel).columnType('text'),
    createdAt: p.datetime(),
    lastMessageAt: p.datetime(),
    /** When nothing more was to be done in it, while it belongs to no ticket. */
    closedAt: p.datetime().strictNullable(),
  },
});

/** One thread with one client on one channel. */
export class Conversation extends ConversationSchema.class {}
ConversationSchema.setClass(Conversation);

const MessageSchema = defineEntity({
  name: 'Message',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    conversationId: p.uuid(),
    /** IN: from the client. */
    direction: p.enum(() => Direction).columnType('text'),
    /** The member who replied; null for a client's message. */
    authorId: p.uuid().strictNullable(),
    authorName: p.text(),
    body: p.text(),
    createdAt: p.datetime(),
  },
});

/** Public text on a ticket: the client reads it. Never changed once it was sent. */
export class Message extends MessageSchema.class {}
MessageSchema.setClass(Message);
