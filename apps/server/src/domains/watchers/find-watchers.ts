import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { memberById, type Member } from '../identity/index.ts';
import { Watcher } from './watcher.entity.ts';

const watchersByTicket = listLoaderByKey(
  (scope, ids: readonly string[]) =>
    scope.em.find(Watcher, { workspaceId: scope.workspaceId, ticketId: { $in: [...ids] } }, { orderBy: { since: 'asc' } }),
  (watcher) => watcher.ticketId,
);

export async function watcherIdsOf(scope: Scope, ticketId: string): Promise<string[]> {
  const watchers = (await scope.load(watchersByTicket, ticketId)) ?? [];
  return watchers.map((watcher) => watcher.memberId);
}

/** Who watches a ticket the viewer sees, longest first. */
export async function watchersOf(scope: Scope, ticketId: string): Promise<Member[]> {
  const ids = await watcherIdsOf(scope, ticketId);
  const members = await Promise.all(ids.map((id) => scope.load(memberById, id)));
  return members.filter((member) => member !== null);
}
