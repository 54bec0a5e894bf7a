import { isId } from '../../kernel/id.ts';
import { listLoaderByKey } from '../../platform/loader.ts';
import { Cursors, requirePageSize } from '../../platform/paging.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import type { Scope } from '../../platform/scope.ts';
import { findTicket, visibleTickets } from '../tickets/index.ts';
import { Conversation } from './conversation.entity.ts';
import { ConversationEvent } from './conversation.events.ts';
import { canReadConversations } from './conversation.policy.ts';

export interface ConversationPage {
  readonly conversations: readonly Conversation[];
  readonly hasNext: boolean;
}

interface ConversationsAsked {
  readonly first: number;
  readonly after: string | null;
  /** Also those that are done, and those of tickets that the viewer sees. */
  readonly all: boolean;
  /** Of this contact alone. */
  readonly contactId?: string | null | undefined;
}

export const conversationCursors = new Cursors<Conversation>('conversations', ['timestamptz', 'uuid'], ({ lastMessageAt, id }) => [
  lastMessageAt,
  id,
]);

/**
 * Those that belong to no ticket and are not done, or all: the one in which something was said last first. None for who may
 * not read them.
 */
export async function listConversations(scope: Scope, { first, after, all, contactId }: ConversationsAsked): Promise<ConversationPage> {
  const { em, workspaceId, viewer } = scope;
  const count = requirePageSize('first', first);
  const last = conversationCursors.read('after', after);
  if (!canReadConversations(viewer)) return { conversations: [], hasNext: false };
  const visible = visibleTickets(viewer);
  const shown = all
    ? { sql: `(c.ticket_id is null or (t.id is not null and ${visible.sql}))`, parameters: visible.parameters }
    : { sql: 'c.ticket_id is null and c.closed_at is null', parameters: [] };
  const rows: { id: string }[] = await em.execute(
    `select c.id from conversation c left join ticket t on t.workspace_id = c.workspace_id and t.id = c.ticket_id
     where c.workspace_id = ? ${contactId ? 'and c.contact_id = ?' : ''} and ${shown.sql} ${last ? 'and (c.last_message_at, c.id) < (?::timestamptz, ?::uuid)' : ''}
     order by c.last_message_at desc, c.id desc limit ?`,
    [workspaceId, ...(contactId ? [contactId] : []), ...shown.parameters, ...(last ?? []), count + 1],
  );
  const found = new Map((await em.find(Conversation, { workspaceId, id: { $in: rows.map(({ id }) => id) } })).map((one) => [one.id, one]));
  const conversations = rows.slice(0, count).flatMap(({ id }) => found.get(id) ?? []);
  return { conversations, hasNext: rows.length > count };
}

const conversationsByTicket = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) =>
    em.find(Conversation, { workspaceId, ticketId: { $in: [...ids] } }, { orderBy: { createdAt: 'asc', id: 'asc' } }),
  ({ ticketId }) => ticketId ?? '',
);

/** Those of a ticket that the viewer sees, in the order in which they began. */
export async function conversationsOf(scope: Scope, ticketId: string): Promise<readonly Conversation[]> {
  return (await scope.load(conversationsByTicket, ticketId)) ?? [];
}

/** One that the viewer may read: by its ticket, where it has one. */
export async function findConversation(scope: Scope, id: string): Promise<Conversation | null> {
  const { em, workspaceId, viewer } = scope;
  const conversation = isId(id) ? await em.findOne(Conversation, { workspaceId, id }) : null;
  if (!conversation) return null;
  const isRead = conversation.ticketId ? (await findTicket(scope, conversation.ticketId)) !== null : canReadConversations(viewer);
  return isRead ? conversation : null;
}

/** Ticks with '' at the start, and tells of every conversation that begins, goes on, is done or becomes a ticket's by its id. */
export function followConversations(): LiveSource<string> {
  return {
    topics: [ConversationEvent.CHANGED],
    begin: async () => ({ payloads: [''] }),
    step: async (_scope, { events }) => ({
      payloads: events.flatMap(({ type, subjectId }) => (type === ConversationEvent.CHANGED && subjectId ? [subjectId] : [])),
    }),
  };
}
