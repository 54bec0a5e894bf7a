import { loaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { findTicket, type Ticket } from '../tickets/index.ts';
import { Merge, MergeItem, MergeItemKind } from './merge.entity.ts';

const mergeBySource = loaderByKey(
  (source, ids: readonly string[]) =>
    source.em.find(Merge, { workspaceId: source.workspaceId, sourceId: { $in: [...ids] }, undoneAt: null }),
  (merge) => merge.sourceId,
);

/** How a ticket became part of another; null for one that is its own. */
export function mergeOf(scope: Scope, { id, mergedIntoId }: Ticket): Promise<Merge | null> {
  return mergedIntoId === null ? Promise.resolve(null) : scope.load(mergeBySource, id);
}

/** The tickets that became part of this one and that the viewer sees, in the order in which they did. */
export async function mergedInto(scope: Scope, { id: destinationId }: Ticket): Promise<Ticket[]> {
  const merges = await scope.em.find(
    Merge,
    { workspaceId: scope.workspaceId, destinationId, undoneAt: null },
    { orderBy: { mergedAt: 'asc' } },
  );
  const tickets = await Promise.all(merges.map(({ sourceId }) => findTicket(scope, sourceId)));
  return tickets.filter((ticket) => ticket !== null);
}

/** The conversations that a merge moved to its destination. */
export async function listMovedConversations({ em, workspaceId }: Scope, mergeId: string): Promise<string[]> {
  const items = await em.find(MergeItem, { workspaceId, mergeId, kind: MergeItemKind.CONVERSATION });
  return items.map(({ itemId }) => itemId);
}
