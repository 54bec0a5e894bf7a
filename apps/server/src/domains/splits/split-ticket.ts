import { limits } from '@baton/rules';
import { NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { beginConversation, Conversation, Message, recordConversations } from '../conversations/index.ts';
import { beginFields, fieldsOfTicket } from '../fields/index.ts';
import { addLink } from '../links/index.ts';
import { Note } from '../notes/index.ts';
import { lockTicketToEdit, makeTicket, type Ticket } from '../tickets/index.ts';
import { SplitRefused } from './split.errors.ts';
import { Split, SplitItem, SplitItemKind } from './split.entity.ts';
import { SplitEvent } from './split.events.ts';

export interface SplitTicket {
  readonly ticketId: string;
  /** Of the new ticket. */
  readonly subject: string;
  readonly noteIds: readonly string[];
  readonly messageIds: readonly string[];
}

/**
 * Makes a part of a ticket a ticket of its own, for the same client, with the same topic, team, priority and fields. The
 * notes and messages move with their files; messages go into conversations of their own, on the channels that they came by.
 */
export function splitTicket(scope: Scope, command: SplitTicket): Promise<Split> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId } = tx;
    const source = await lockTicketToEdit(tx, command.ticketId);
    if (!may(tx.viewer, 'ticket.create')) throw new NotPermitted('Your role may not create tickets.');
    const { notes, messages, conversations } = await requireParts(tx, source, command);
    const ticket = await begin(tx, source, command.subject);
    const split = em.create(
      Split,
      {
        workspaceId,
        id: newId(),
        sourceId: source.id,
        ticketId: ticket.id,
        splitAt: tx.now(),
        splitById: tx.viewer.kind === 'MEMBER' ? tx.viewer.memberId : null,
        undoneAt: null,
      },
      { persist: true },
    );
    await em.flush();
    await em.insertMany(SplitItem, [
      ...notes.map(({ id }) => ({ workspaceId, splitId: split.id, kind: SplitItemKind.NOTE, itemId: id, fromId: null })),
      ...messages.map(({ id, conversationId }) => ({
        workspaceId,
        splitId: split.id,
        kind: SplitItemKind.MESSAGE,
        itemId: id,
        fromId: conversationId,
      })),
    ]);
    for (const note of notes) note.ticketId = ticket.id;
    for (const { id, contactId, channel } of conversations) {
      const moved = messages.filter(({ conversationId }) => conversationId === id);
      if (moved.length === 0) continue;
      const own = beginConversation(tx, ticket.id, { id: contactId }, channel);
      await em.flush();
      for (const message of moved) {
        message.conversationId = own.id;
        if (message.createdAt > own.lastMessageAt) own.lastMessageAt = message.createdAt;
      }
      recordConversations(tx, [id, own.id]);
    }
    await em.flush();
    await moveAlong(
      tx,
      [source.id, ticket.id],
      [...notes, ...messages].map(({ id }) => id),
    );
    await addLink(tx, ticket, source, 'EARLIER');
    tx.record(domainEvent(SplitEvent.SPLIT, source.id, { subjectId: split.id, changes: [splitChange(ticket)] }));
    tx.record(domainEvent(SplitEvent.BEGAN, ticket.id, { subjectId: split.id, changes: [splitChange(source)] }));
    return split;
  });
}

export const splitChange = ({ number }: Ticket) => ({ field: 'split', from: null, to: `#${number}` });

async function begin(tx: Scope, source: Ticket, subject: string): Promise<Ticket> {
  const { requesterId, teamId, topicId, priority, assigneeId } = source;
  const ticket = await makeTicket(tx, { subject, requesterId, teamId, topicId, priority, assigneeId });
  const held = (await fieldsOfTicket(tx, source)).filter(({ values }) => values.length > 0);
  await beginFields(
    tx,
    ticket,
    held.map(({ field, values }) => ({ fieldId: field.id, to: values })),
  );
  return ticket;
}

async function requireParts(tx: Scope, { id: ticketId }: Ticket, { noteIds, messageIds }: SplitTicket) {
  const { em, workspaceId } = tx;
  const wanted = new Set([...noteIds, ...messageIds]);
  if (wanted.size === 0) throw new SplitRefused('Choose the notes and messages that the new ticket is about.', 'messageIds');
  if (wanted.size > limits.pageSize)
    throw new SplitRefused(`At most ${limits.pageSize} notes and messages are split at once; ${wanted.size} were given.`, 'messageIds');
  const ids = (given: readonly string[]) => [...new Set(given)].filter(isId);
  const conversations = await em.find(Conversation, { workspaceId, ticketId });
  const notes = await em.find(Note, { workspaceId, ticketId, id: { $in: ids(noteIds) }, deletedAt: null });
  const messages = await em.find(Message, {
    workspaceId,
    conversationId: { $in: conversations.map(({ id }) => id) },
    id: { $in: ids(messageIds) },
  });
  if (notes.length + messages.length !== wanted.size) {
    throw new SplitRefused('Some of these are no longer on the ticket. Load it again and choose anew.', 'messageIds');
  }
  return { notes, messages, conversations };
}

/** Files go where what they are of goes, and whoever was mentioned in a note goes on to read it. */
export async function moveAlong({ em, workspaceId }: Scope, [from, to]: readonly [string, string], ids: readonly string[]): Promise<void> {
  const list = `{${ids.join(',')}}`;
  await em.execute(
    'update attachment set ticket_id = ? where workspace_id = ? and ticket_id = ? and owner_kind is not null and owner_id = any(?::uuid[])',
    [to, workspaceId, from, list],
  );
  await em.execute(
    `insert into ticket_grant (workspace_id, ticket_id, member_id, reason)
     select workspace_id, ?, member_id, reason from ticket_grant where workspace_id = ? and ticket_id = ?
       and reason = any(select 'mention:' || id from unnest(?::uuid[]) id)
     on conflict do nothing`,
    [to, workspaceId, from, list],
  );
}
