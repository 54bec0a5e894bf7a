import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { AttachmentOwner, claimFiles, type FileOwner } from '../attachments/index.ts';
import { contactById, type Contact } from '../contacts/index.ts';
import { finishDraft } from '../drafts/index.ts';
import { memberById } from '../identity/index.ts';
import { addLink } from '../links/index.ts';
import { recordTime } from '../time-spent/index.ts';
import {
  changeStatus,
  cleanRichText,
  isBlank,
  lockClientsTicket,
  lockTicketOrMerged,
  makeTicket,
  reopenTicket,
  Ticket,
} from '../tickets/index.ts';
import { Channel, Conversation, Direction, Message, sourceByChannel } from './conversation.entity.ts';
import { MessageMeanwhile, NoClient, SenderBlocked, TooManyMessages } from './conversation.errors.ts';
import { ConversationEvent, MessageEvent } from './conversation.events.ts';
import { canReply } from './conversation.policy.ts';

export interface SendReply {
  readonly ticketId: string;
  readonly body: string;
  /** The draft that the reply was written as; it ends with the reply. */
  readonly draftId?: string | null | undefined;
  /** The ticket's version that the writer saw; null when nothing of it was shown. */
  readonly seenVersion?: number | null | undefined;
  /** The status that the ticket has once the reply is out; none = as it is. */
  readonly thenStatusId?: string | null | undefined;
  /** Files that the writer uploaded for it. */
  readonly attachmentIds?: readonly string[] | null | undefined;
  /** How long it took the writer. */
  readonly minutes?: number | null | undefined;
  /** Brings files that are there already, in place of uploaded ones. */
  readonly takeFiles?: (owner: FileOwner) => Promise<void>;
}

/** Answers the client, on the channel on which they last wrote: by e-mail where they never did and have an address. */
export function sendReply(
  scope: Scope,
  { ticketId, body, draftId, seenVersion, thenStatusId, attachmentIds, minutes, takeFiles }: SendReply,
): Promise<Message> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicketOrMerged(tx, ticketId);
    if (!canReply(tx.viewer, ticket))
      throw new NotPermitted('Those who may edit a ticket answer its client. Take it, or ask its assignee.');
    // Versions of a ticket that it was merged into say nothing of what the writer saw.
    if (seenVersion != null && ticket.id === ticketId) await requireNothingMeanwhile(tx, ticket, seenVersion);
    if (draftId) await finishDraft(tx, { ticketId, kind: 'REPLY', id: draftId });
    const client = await tx.load(contactById, ticket.requesterId);
    if (!client) throw new NoClient();
    const conversation =
      (await latestConversation(tx, ticket.id, client)) ??
      beginConversation(tx, ticket.id, client, client.email ? Channel.EMAIL : Channel.LINK);
    const author = await tx.load(memberById, tx.viewer.memberId);
    const message = await write(tx, conversation, {
      direction: Direction.OUT,
      body,
      authorId: author?.id ?? null,
      authorName: author?.name ?? '',
    });
    const owner = { ticketId: ticket.id, kind: AttachmentOwner.MESSAGE, ownerId: message.id };
    if (takeFiles) await takeFiles(owner);
    else await claimFiles(tx, attachmentIds, owner);
    tx.record(domainEvent(MessageEvent.SENT, ticket.id, { subjectId: message.id }));
    if (minutes != null) await recordTime(tx, { ticketId: ticket.id, minutes, ownerId: message.id });
    if (thenStatusId) await changeStatus(tx, { ticketId: ticket.id, from: ticket.statusId, to: thenStatusId });
    return message;
  });
}

export interface Received {
  readonly message: Message;
  /** The ticket that was made for it; null where it stands on the one that it was written on. */
  readonly followUp: Ticket | null;
}

export interface ReceiveMessage {
  readonly ticketId: string;
  readonly body: string;
}

/** A message of the ticket's client, as a program brings it. It opens the ticket again where it was waiting or done. */
export function receiveMessage(scope: Scope, { ticketId, body }: ReceiveMessage): Promise<Received> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicketOrMerged(tx, ticketId);
    if (!canReply(tx.viewer, ticket)) throw new NotPermitted('Those who may edit a ticket add what its client said.');
    return receive(tx, ticket, Channel.API, { body });
  });
}

/** How many messages somebody with a link may write in how long. */
const clientMessages = { most: 20, withinMs: 10 * 60_000 };

export interface WriteAsClient {
  /** A UUID that the page chose: sent twice, it is one message. */
  readonly id: string;
  readonly body: string;
  /** Files that were uploaded for it. */
  readonly fileIds?: readonly string[] | null | undefined;
}

/** What the client writes on the page of their link. */
export function writeAsClient(scope: Scope, { id, body, fileIds }: WriteAsClient): Promise<Received> {
  return scope.transaction(async (tx) => {
    if (!isId(id)) throw new InvalidInput('The id of a message is a UUID of your choice.', 'id');
    const ticket = await lockClientsTicket(tx);
    const { workspaceId, em } = tx;
    const known = await em.findOne(Message, { workspaceId, id });
    if (known) return sentBefore(tx, ticket, known);
    const [recent]: { count: string }[] = await em.execute(
      'select count(*) from client_message where workspace_id = ? and ticket_id = ? and mine and created_at > ?',
      [workspaceId, ticket.id, new Date(tx.now().getTime() - clientMessages.withinMs)],
    );
    if (Number(recent?.count) >= clientMessages.most) throw new TooManyMessages();
    const received = await receive(tx, ticket, Channel.LINK, { id, body });
    const place = received.followUp ?? ticket;
    await claimFiles(tx, fileIds, { ticketId: place.id, kind: AttachmentOwner.MESSAGE, ownerId: received.message.id });
    return received;
  });
}

/** A second attempt to send a message that is on this ticket. Its page keeps the answer to any other attempt. */
async function sentBefore({ em, workspaceId }: Scope, ticket: Ticket, message: Message): Promise<Received> {
  const conversation = await em.findOneOrFail(Conversation, { workspaceId, id: message.conversationId });
  if (conversation.contactId !== ticket.requesterId || conversation.ticketId !== ticket.id) {
    throw new InvalidInput('The ID of this message is taken. Choose a new UUID for every message.', 'id');
  }
  return { message, followUp: null };
}

/** Keeps what the client said where it can be answered: on their ticket, opened again, or on one that follows it up. */
export async function receive(tx: Scope, ticket: Ticket, channel: Channel, { id, body }: { id?: string; body: string }): Promise<Received> {
  const client = await tx.load(contactById, ticket.requesterId);
  if (!client) throw new NoClient();
  requireWelcome(client);
  const reopened = await reopenTicket(tx, ticket);
  const place = reopened ? ticket : await followUp(tx, ticket, channel);
  const conversation = (await latestConversation(tx, place.id, client, channel)) ?? beginConversation(tx, place.id, client, channel);
  const message = await write(tx, conversation, { id, direction: Direction.IN, body, authorId: null, authorName: client.name });
  tx.record(domainEvent(MessageEvent.RECEIVED, place.id, { subjectId: message.id }));
  return { message, followUp: reopened ? null : place };
}

/** Refuses a client who was blocked. */
export function requireWelcome({ blockedAt }: Contact): void {
  if (blockedAt !== null) throw new SenderBlocked();
}

/** A ticket that was closed too long ago stays so; what its client says then is a matter of its own. */
async function followUp(tx: Scope, ticket: Ticket, channel: Channel): Promise<Ticket> {
  const { subject, requesterId, teamId, topicId, priority } = ticket;
  const next = await makeTicket(tx, { subject, requesterId, teamId, topicId, priority, source: sourceByChannel[channel] });
  await addLink(tx, next, ticket, 'EARLIER');
  return next;
}

/** The conversation with a ticket's client in which something was said last, on one channel or on any. */
async function latestConversation(tx: Scope, ticketId: string, { id: contactId }: Contact, on?: Channel): Promise<Conversation | null> {
  const { workspaceId, em } = tx;
  const [latest]: { id: string }[] = await em.execute(
    `select c.id from conversation c where c.workspace_id = ? and c.ticket_id = ? and c.contact_id = ? ${on ? 'and c.channel = ?' : ''}
     order by (select max(m.created_at) from message m where m.workspace_id = c.workspace_id and m.conversation_id = c.id) desc nulls last limit 1`,
    [workspaceId, ticketId, contactId, ...(on ? [on] : [])],
  );
  return latest ? em.findOneOrFail(Conversation, { workspaceId, id: latest.id }) : null;
}

export function beginConversation(
  tx: Scope,
  ticketId: string | null,
  { id: contactId }: Pick<Contact, 'id'>,
  channel: Channel,
): Conversation {
  const { workspaceId, em } = tx;
  const at = tx.now();
  return em.create(
    Conversation,
    { workspaceId, id: newId(), ticketId, contactId, channel, createdAt: at, lastMessageAt: at, closedAt: null },
    { persist: true },
  );
}

type Written = Pick<Message, 'direction' | 'body' | 'authorId' | 'authorName'> & { readonly id?: string | undefined };

export async function write(tx: Scope, conversation: Conversation, { id = newId(), body, ...said }: Written): Promise<Message> {
  const clean = await cleanRichText('message', body);
  if (isBlank(clean)) throw new InvalidInput('The message is empty. Write at least one character.', 'body');
  const { workspaceId } = tx;
  const message = tx.em.create(
    Message,
    { workspaceId, id, conversationId: conversation.id, body: clean, createdAt: tx.now(), ...said },
    { persist: true },
  );
  conversation.lastMessageAt = message.createdAt;
  await tx.em.flush();
  tx.record(domainEvent(ConversationEvent.CHANGED, null, { subjectId: conversation.id }));
  return message;
}

async function requireNothingMeanwhile(tx: Scope, ticket: Ticket, seenVersion: number): Promise<void> {
  const { workspaceId, viewer } = tx;
  const [meanwhile]: { type: string }[] = await tx.em.execute(
    `select type from event where workspace_id = ? and ticket_id = ? and ticket_version > ? and type = any(?::text[])
     and actor_id is distinct from ? order by ticket_version desc limit 1`,
    [workspaceId, ticket.id, seenVersion, `{${Object.values(MessageEvent).join(',')}}`, viewer.memberId],
  );
  if (meanwhile) throw new MessageMeanwhile(ticket.version, meanwhile.type === MessageEvent.RECEIVED);
}
