import { limits } from '@baton/rules';
import { loaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { findTicket } from '../tickets/index.ts';
import { Conversation, Message } from './conversation.entity.ts';

const messageById = loaderByKey(
  (source, ids: readonly string[]) => source.em.find(Message, { workspaceId: source.workspaceId, id: { $in: [...ids] } }),
  (message) => message.id,
);

export const conversationById = loaderByKey(
  (source, ids: readonly string[]) => source.em.find(Conversation, { workspaceId: source.workspaceId, id: { $in: [...ids] } }),
  (conversation) => conversation.id,
);

/** A message of a ticket the viewer sees; null otherwise. */
export async function findMessage(scope: Scope, id: string): Promise<Message | null> {
  const message = await scope.load(messageById, id);
  const conversation = message && (await scope.load(conversationById, message.conversationId));
  return conversation?.ticketId && (await findTicket(scope, conversation.ticketId)) ? message : null;
}

export interface MessagePage {
  readonly messages: readonly Message[];
  readonly hasOlder: boolean;
}

/** A page of what was said on a ticket, oldest first: the newest, or those before a message's id. */
export async function messagesOf(scope: Scope, ticketId: string, last: number, before: string | null): Promise<MessagePage> {
  const { workspaceId, em } = scope;
  const count = Math.max(1, Math.min(last, limits.pageSize));
  const conversations = await em.find(Conversation, { workspaceId, ticketId });
  const from = before ? await scope.load(messageById, before) : null;
  const newest = await em.find(
    Message,
    {
      workspaceId,
      conversationId: { $in: conversations.map(({ id }) => id) },
      ...(from ? { $or: [{ createdAt: { $lt: from.createdAt } }, { createdAt: from.createdAt, id: { $lt: from.id } }] } : {}),
    },
    { orderBy: { createdAt: 'desc', id: 'desc' }, limit: count + 1 },
  );
  return { messages: newest.slice(0, count).reverse(), hasOlder: newest.length > count };
}
