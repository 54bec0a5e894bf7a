import { loaderByKey } from '../../platform/loader.ts';
import { Cursors, isEarlier, requirePageSize } from '../../platform/paging.ts';
import type { Scope } from '../../platform/scope.ts';
import { findTicket } from '../tickets/index.ts';
import { Conversation, Message } from './conversation.entity.ts';
import { canReadConversations } from './conversation.policy.ts';

const messageById = loaderByKey(
  (source, ids: readonly string[]) => source.em.find(Message, { workspaceId: source.workspaceId, id: { $in: [...ids] } }),
  (message) => message.id,
);

export const conversationById = loaderByKey(
  (source, ids: readonly string[]) => source.em.find(Conversation, { workspaceId: source.workspaceId, id: { $in: [...ids] } }),
  (conversation) => conversation.id,
);

/** A message of a ticket the viewer sees, or of a conversation that they may read; null otherwise. */
export async function findMessage(scope: Scope, id: string): Promise<Message | null> {
  const message = await scope.load(messageById, id);
  const conversation = message && (await scope.load(conversationById, message.conversationId));
  if (!conversation) return null;
  const isRead = conversation.ticketId ? (await findTicket(scope, conversation.ticketId)) !== null : canReadConversations(scope.viewer);
  return isRead ? message : null;
}

const lastByConversation = loaderByKey(
  async ({ em, workspaceId }, ids: readonly string[]) => {
    const rows: { id: string }[] = await em.execute(
      `select l.id from unnest(?::uuid[]) c(id) cross join lateral
         (select m.id from message m where m.workspace_id = ? and m.conversation_id = c.id order by m.created_at desc, m.id desc limit 1) l`,
      [`{${ids.join(',')}}`, workspaceId],
    );
    return em.find(Message, { workspaceId, id: { $in: rows.map(({ id }) => id) } });
  },
  ({ conversationId }) => conversationId,
);

const countByConversation = loaderByKey(
  ({ em, workspaceId }, ids: readonly string[]): Promise<{ id: string; count: number }[]> =>
    em.execute(
      `select conversation_id as id, count(*)::int as count from message where workspace_id = ? and conversation_id = any(?::uuid[])
       group by conversation_id`,
      [workspaceId, `{${ids.join(',')}}`],
    ),
  ({ id }) => id,
);

/** How many messages a conversation has. */
export async function countMessages(scope: Scope, { id }: Conversation): Promise<number> {
  return (await scope.load(countByConversation, id))?.count ?? 0;
}

/** What was said last in a conversation that the viewer may read. */
export function lastMessageIn(scope: Scope, { id }: Conversation): Promise<Message | null> {
  return scope.load(lastByConversation, id);
}

export interface MessagePage {
  readonly messages: readonly Message[];
  readonly hasOlder: boolean;
}

export const messageCursors = new Cursors<Message>('messages', ['timestamptz', 'uuid'], ({ createdAt, id }) => [createdAt, id]);

/** A page of what was said on a ticket, oldest first: the newest, or those before a cursor. */
export async function messagesOf(scope: Scope, ticketId: string, last: number, before: string | null): Promise<MessagePage> {
  const { workspaceId, em } = scope;
  const conversations = await em.find(Conversation, { workspaceId, ticketId });
  return messagesIn(
    scope,
    conversations.map(({ id }) => id),
    last,
    before,
  );
}

/** A page of what was said in some conversations, which the viewer may read. */
export async function messagesIn(
  scope: Scope,
  conversationIds: readonly string[],
  last: number,
  before: string | null,
): Promise<MessagePage> {
  const { workspaceId, em } = scope;
  const count = requirePageSize('last', last);
  const from = messageCursors.read('before', before);
  const newest = await em.find(
    Message,
    {
      workspaceId,
      conversationId: { $in: [...conversationIds] },
      ...(from ? isEarlier('createdAt', from) : {}),
    },
    { orderBy: { createdAt: 'desc', id: 'desc' }, limit: count + 1 },
  );
  return { messages: newest.slice(0, count).reverse(), hasOlder: newest.length > count };
}
