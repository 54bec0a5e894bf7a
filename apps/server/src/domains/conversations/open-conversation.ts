import { LockMode } from '@mikro-orm/core';
import { NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { contactById, findOrCreateContact, lockCurrentContact, type CreateContact } from '../contacts/index.ts';
import { LockedTooLate } from '../../platform/database-errors.ts';
import { memberById } from '../identity/index.ts';
import { findTicket, lockInOrder, lockTicketToEdit, requireContact, TicketEvent, type Ticket } from '../tickets/index.ts';
import { Channel, Conversation, Direction, type Message } from './conversation.entity.ts';
import {
  ConversationLinked,
  ConversationNotFound,
  ConversationOfAnother,
  ConversationOfTicket,
  MessageMeanwhile,
} from './conversation.errors.ts';
import { ConversationEvent } from './conversation.events.ts';
import { canReadConversations } from './conversation.policy.ts';
import { countMessages } from './find-messages.ts';
import { recordConversations } from './stream-conversations.ts';
import { beginConversation, receive, requireWelcome, write } from './exchange-messages.ts';

export interface OpenConversation {
  readonly contactId?: string | null | undefined;
  /** A customer found by address or external ID, else created, in place of `contactId`. */
  readonly newContact?: CreateContact | null | undefined;
  /** What they said first. */
  readonly body: string;
}

/** A client begins to talk, on a channel that a program brings. No ticket is made of it until somebody wants one. */
export function openConversation(scope: Scope, { contactId, newContact, body }: OpenConversation): Promise<Conversation> {
  return scope.transaction(async (tx) => {
    requireReader(tx);
    const made = newContact && !contactId ? await findOrCreateContact(tx, newContact) : null;
    const contact = made ?? (await requireContact(tx, contactId ?? '', 'contactId'));
    requireWelcome(contact);
    const conversation = beginConversation(tx, null, contact, Channel.API);
    await tx.em.flush();
    await write(tx, conversation, { direction: Direction.IN, body, authorId: null, authorName: contact.name });
    return conversation;
  });
}

export interface ConversationMessage {
  readonly conversationId: string;
  readonly body: string;
}

export interface ReplyInConversation extends ConversationMessage {
  /** The conversation's version that the writer saw; null when none of it was shown. */
  readonly seenVersion?: number | null | undefined;
}

/** What the client says further. On a conversation of a ticket it reaches the ticket, which it may open again. */
export function receiveInConversation(scope: Scope, { conversationId, body }: ConversationMessage): Promise<Message> {
  return scope.transaction(async (tx) => {
    const conversation = await lockConversation(tx, conversationId);
    if (conversation.ticketId) {
      const ticket = await lockTicketToEdit(tx, conversation.ticketId);
      return (await receive(tx, ticket, conversation.channel, { body })).message;
    }
    const contact = await tx.load(contactById, conversation.contactId);
    if (contact) requireWelcome(contact);
    conversation.closedAt = null;
    const message = await write(tx, conversation, { direction: Direction.IN, body, authorId: null, authorName: contact?.name ?? '' });
    return message;
  });
}

/** Answers where no ticket is. The program that brought the conversation hands it over. */
export function replyInConversation(scope: Scope, { conversationId, body, seenVersion }: ReplyInConversation): Promise<Message> {
  return scope.transaction(async (tx) => {
    const conversation = await lockConversation(tx, conversationId);
    if (conversation.ticketId) throw new ConversationLinked(conversation.ticketId);
    if (seenVersion != null) await requireNothingMeanwhile(tx, conversation, seenVersion);
    const author = await tx.load(memberById, tx.viewer.memberId);
    const message = await write(tx, conversation, {
      direction: Direction.OUT,
      body,
      authorId: author?.id ?? null,
      authorName: author?.name ?? '',
    });
    return message;
  });
}

async function requireNothingMeanwhile(tx: Scope, conversation: Conversation, seenVersion: number): Promise<void> {
  const { em, workspaceId, viewer } = tx;
  const [newest]: { direction: Direction }[] = await em.execute(
    `select direction from (select direction, author_id, created_at, id from message where workspace_id = ? and conversation_id = ?
       order by created_at, id offset ?) unseen
     where author_id is distinct from ? order by created_at desc, id desc limit 1`,
    [workspaceId, conversation.id, Math.max(0, seenVersion), viewer.memberId],
  );
  if (newest) throw new MessageMeanwhile(await countMessages(tx, conversation), newest.direction === Direction.IN);
}

/** Nothing more is to be done in it. It opens again when the client writes. */
export function closeConversation(scope: Scope, conversationId: string): Promise<Conversation> {
  return scope.transaction(async (tx) => {
    const conversation = await lockConversation(tx, conversationId);
    if (conversation.ticketId) throw new ConversationLinked(conversation.ticketId);
    if (conversation.closedAt !== null) return conversation;
    conversation.closedAt = tx.now();
    recordConversations(tx, [conversationId]);
    return conversation;
  });
}

export interface LinkConversation {
  readonly conversationId: string;
  readonly ticketId: string;
}

/** Makes a conversation a ticket's: what was said stands on the ticket, and its replies leave by the conversation's channel. */
export function linkConversation(scope: Scope, { conversationId, ticketId }: LinkConversation): Promise<Conversation> {
  return scope.transaction(async (tx) => {
    const conversation = await lockConversation(tx, conversationId, [ticketId]);
    if (conversation.ticketId) throw new ConversationLinked(conversation.ticketId);
    await join(tx, conversation, await lockTicketToEdit(tx, ticketId));
    return conversation;
  });
}

async function join(tx: Scope, conversation: Conversation, ticket: Ticket): Promise<void> {
  const { id, contactId } = conversation;
  if (ticket.requesterId === null) {
    ticket.requesterId = contactId;
    tx.record(domainEvent(TicketEvent.EDITED, ticket.id, { changes: [{ field: 'requesterId', from: null, to: contactId }] }));
  } else if (ticket.requesterId !== contactId) throw new ConversationOfAnother();
  conversation.ticketId = ticket.id;
  conversation.closedAt = null;
  await tx.em.flush();
  await bringFiles(tx, conversation.id, ticket.id);
  tx.record(domainEvent(ConversationEvent.LINKED, ticket.id, { subjectId: id }));
  recordConversations(tx, [id], { from: null, to: ticket.id });
}

/** Files of what was said stand where it stands. */
async function bringFiles({ em, workspaceId }: Scope, conversationId: string, ticketId: string): Promise<void> {
  await em.execute(
    `update attachment a set ticket_id = ? from message m where a.workspace_id = ? and a.owner_id = m.id
     and m.workspace_id = a.workspace_id and m.conversation_id = ?`,
    [ticketId, workspaceId, conversationId],
  );
}

/**
 * Takes a conversation away from its ticket, as when it was linked by mistake: it stands among those without a ticket
 * again. One that was begun on the ticket itself belongs there.
 */
export function unlinkConversation(scope: Scope, conversationId: string): Promise<Conversation> {
  return scope.transaction(async (tx) => {
    const conversation = await lockConversation(tx, conversationId);
    if (conversation.ticketId === null) return conversation;
    const ticket = await lockTicketToEdit(tx, conversation.ticketId);
    if (conversation.channel !== Channel.API) throw new ConversationOfTicket();
    conversation.ticketId = null;
    await tx.em.flush();
    tx.record(domainEvent(ConversationEvent.UNLINKED, ticket.id, { subjectId: conversation.id }));
    recordConversations(tx, [conversation.id], { from: ticket.id, to: null });
    return conversation;
  });
}

/** A conversation that a ticket can be made for, locked until the transaction ends. */
export async function lockFreeConversation(tx: Scope, conversationId: string): Promise<Conversation> {
  const conversation = await lockConversation(tx, conversationId);
  if (conversation.ticketId) throw new ConversationLinked(conversation.ticketId);
  return conversation;
}

/**
 * Locks a conversation after its contact, its ticket and other tickets that the use case changes. No merge of the contact
 * runs from here on.
 */
async function lockConversation(tx: Scope, id: string, ticketIds: readonly string[] = []): Promise<Conversation> {
  requireReader(tx);
  const { em, workspaceId } = tx;
  const before = isId(id) ? await em.findOne(Conversation, { workspaceId, id }, { refresh: true }) : null;
  if (!before) throw new ConversationNotFound();
  const { ticketId } = before;
  await lockCurrentContact(tx, before.contactId);
  await lockInOrder(tx, [...ticketIds, ticketId ?? ''].filter(isId));
  const conversation = await em.findOne(Conversation, { workspaceId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
  if (conversation && conversation.ticketId !== ticketId) throw new LockedTooLate();
  // A conversation on a ticket that the viewer cannot see is not found: not even the ID of the ticket is disclosed.
  if (!conversation || (ticketId && !(await findTicket(tx, ticketId)))) throw new ConversationNotFound();
  return conversation;
}

function requireReader({ viewer }: Scope): void {
  if (!canReadConversations(viewer)) throw new NotPermitted('Those who work on tickets talk with clients. Ask an administrator.');
}
