import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { ChecklistItem } from './checklist-item.entity.ts';

const itemsByTicket = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) =>
    em.find(ChecklistItem, { workspaceId, ticketId: { $in: [...ids] } }, { orderBy: { place: 'asc', id: 'asc' } }),
  ({ ticketId }) => ticketId,
);

/** What is to be done on a ticket that the viewer sees, in its order. */
export async function checklistOf(scope: Scope, ticketId: string): Promise<readonly ChecklistItem[]> {
  return (await scope.load(itemsByTicket, ticketId)) ?? [];
}
