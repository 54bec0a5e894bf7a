import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { memberById, type Member } from '../identity/index.ts';
import { canReadNotes } from '../notes/index.ts';

interface Part {
  readonly ticketId: string;
  readonly memberId: string;
  /** Seen in notes alone. */
  readonly byNotes: boolean;
}

const partsByTicket = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]): Promise<Part[]> => {
    const given = [workspaceId, `{${ids.join(',')}}`];
    return em.execute(
      `select ticket_id as "ticketId", member_id as "memberId", bool_and(by_notes) as "byNotes" from (
         select id as ticket_id, assignee_id as member_id, false as by_notes from ticket where workspace_id = ? and id = any(?::uuid[]) and assignee_id is not null
         union all
         select ticket_id, member_id, false from watcher where workspace_id = ? and ticket_id = any(?::uuid[])
         union all
         select ticket_id, actor_id, type like 'note.%' from event where workspace_id = ? and ticket_id = any(?::uuid[]) and actor_id is not null
       ) part group by 1, 2`,
      [...given, ...given, ...given],
    );
  },
  ({ ticketId }) => ticketId,
);

/**
 * Everybody who has a part in a ticket that the viewer sees, by name: its assignee, its watchers, and whoever did something
 * with it. Nobody keeps this list; it is worked out. Who only wrote notes is left out for those who may not know of any.
 */
export async function participantsOf(scope: Scope, ticketId: string): Promise<Member[]> {
  const parts = (await scope.load(partsByTicket, ticketId)) ?? [];
  const shown = parts.filter(({ byNotes }) => !byNotes || canReadNotes(scope.viewer));
  const members = await Promise.all(shown.map(({ memberId }) => scope.load(memberById, memberId)));
  return members.filter((member) => member !== null).sort((a, b) => a.name.localeCompare(b.name));
}
