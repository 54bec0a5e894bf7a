import type { Scope } from '../../platform/scope.ts';
import { BulkItem, BulkJob, BulkOutcome } from './bulk.entity.ts';

/** Returns a ticket on which a job failed to the job, unless the job was stopped. `item` names both. */
export async function reopenBulkItem({ em, workspaceId }: Scope, item: string): Promise<void> {
  const [jobId = '', ticketId = ''] = item.split(':');
  const reopened = await em.nativeUpdate(BulkJob, { workspaceId, id: jobId, cancelled: false }, { finishedAt: null });
  if (reopened > 0) {
    await em.nativeUpdate(BulkItem, { workspaceId, jobId, ticketId, outcome: BulkOutcome.FAILED }, { outcome: null, message: '' });
  }
}
