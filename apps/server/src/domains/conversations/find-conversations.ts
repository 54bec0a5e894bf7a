import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import { listLoaderByKey } from '../../platform/loader.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import type { Scope } from '../../platform/scope.ts';
import { findTicket } from '../tickets/index.ts';
import { Conversation } from './conversation.entity.ts';
import { ConversationEvent } from './conversation.events.ts';
import { canReadConversations } from './conversation.policy.ts';

export interface ConversationPage {
  readonly conversations: readonly Conversation[];
  readonly hasNext: boolean;
}

/** Those that belong to no ticket and are not done, the one in which something was said last first; none for who may not read them. */
export async function openConversations(scope: Scope, first: number, after: string | null): Promise<ConversationPage> {
  const { em, workspaceId, viewer } = scope;
  if (!canReadConversations(viewer)) return { conversations: [], hasNext: false };
  const count = Math.max(1, Math.min(first, limits.pageSize));
  const last = after === null ? null : isId(after) ? await em.findOne(Conversation, { workspaceId, id: after }) : null;
  if (after !== null && !last) throw new InvalidInput('The cursor is not one of this list.', 'after');
  const past = last
    ? { $or: [{ lastMessageAt: { $lt: last.lastMessageAt } }, { lastMessageAt: last.lastMessageAt, id: { $lt: last.id } }] }
    : {};
  const found = await em.find(
    Conversation,
    { workspaceId, ticketId: null, closedAt: null, ...past },
    { orderBy: { lastMessageAt: 'desc', id: 'desc' }, limit: count + 1 },
  );
  return { conversations: found.slice(0, count), hasNext: found.length > count };
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
