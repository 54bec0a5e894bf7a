import { LockMode } from '@mikro-orm/core';
import { isId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { WorkAttempt } from '../../platform/work/work-attempt.entity.ts';
import { reopenBulkItem } from '../bulk/index.ts';
import { FailedJobNotFound } from './failed-job.errors.ts';
import { requireFailedJobs } from './failed-job.policy.ts';

/** Starts failed work again, with as many attempts as the first time. Returns its ID. */
export function retryFailedJob(scope: Scope, id: string): Promise<string> {
  return scope.transaction(async (tx) => {
    const job = await lockFailed(tx, id);
    if (job.worker === 'BULK_ACTION') await reopenBulkItem(tx, job.item);
    tx.em.remove(job);
    return id;
  });
}

/** Takes failed work off the list and never attempts it again. Returns its ID. */
export function discardFailedJob(scope: Scope, id: string): Promise<string> {
  return scope.transaction(async (tx) => {
    (await lockFailed(tx, id)).discardedAt = tx.now();
    return id;
  });
}

async function lockFailed({ em, workspaceId, viewer }: Scope, id: string): Promise<WorkAttempt> {
  requireFailedJobs(viewer);
  const wanted = { workspaceId, id, retryAt: null, discardedAt: null };
  const job = isId(id) ? await em.findOne(WorkAttempt, wanted, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (!job) throw new FailedJobNotFound();
  return job;
}
