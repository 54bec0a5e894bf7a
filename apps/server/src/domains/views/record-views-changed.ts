import { domainEvent } from '../../kernel/domain-event.ts';
import type { Scope } from '../../platform/scope.ts';
import { ViewEvent } from './view.events.ts';

/** Lets the lists and counts of saved views start again whose filter names one of these contacts. */
export async function recordViewsChanged(tx: Scope, contactIds: readonly string[]): Promise<void> {
  const { em, workspaceId } = tx;
  const views: { id: string }[] = await em.execute(
    'select id from view where workspace_id = ? and exists (select from unnest(?::text[]) c(id) where strpos(filter::text, c.id) > 0)',
    [workspaceId, `{${contactIds.join(',')}}`],
  );
  for (const { id } of views) tx.record(domainEvent(ViewEvent.CHANGED, null, { subjectId: id }));
}
