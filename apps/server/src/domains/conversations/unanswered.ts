import type { Scope } from '../../platform/scope.ts';

/** When the customer wrote the first message that no human has answered, in some conversations; null if there is none. */
export async function findUnansweredSince({ em, workspaceId }: Scope, conversationIds: readonly string[]): Promise<Date | null> {
  const ids = `{${conversationIds.join(',')}}`;
  const [row]: { since: string | null }[] = await em.execute(
    `select min(m.created_at) as since from message m
     where m.workspace_id = ? and m.conversation_id = any(?::uuid[]) and m.direction = 'IN'
       and m.created_at > coalesce((select max(r.created_at) from message r
         join member a on a.workspace_id = r.workspace_id and a.id = r.author_id and a.kind <> 'MACHINE'
         where r.workspace_id = ? and r.conversation_id = any(?::uuid[]) and r.direction = 'OUT'), '-infinity')`,
    [workspaceId, ids, workspaceId, ids],
  );
  return row?.since ? new Date(row.since) : null;
}

export async function listConversationIds({ em, workspaceId }: Scope, ticketId: string): Promise<string[]> {
  const rows: { id: string }[] = await em.execute('select id from conversation where workspace_id = ? and ticket_id = ?', [
    workspaceId,
    ticketId,
  ]);
  return rows.map(({ id }) => id);
}
