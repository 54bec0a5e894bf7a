import { loaderByKey } from '../../platform/loader.ts';
import { OutgoingMail } from '../../platform/mail/outgoing-mail.entity.ts';
import { Cursors, isEarlier, requirePageSize } from '../../platform/paging.ts';
import type { Scope } from '../../platform/scope.ts';
import { WorkAttempt } from '../../platform/work/work-attempt.entity.ts';
import { requireFailedJobs } from './failed-job.policy.ts';

export interface FailedJobPage {
  readonly jobs: readonly WorkAttempt[];
  readonly hasNext: boolean;
}

export const failedJobCursors = new Cursors<WorkAttempt>('failedJobs', ['timestamptz', 'uuid'], ({ lastAt, id }) => [lastAt, id]);

const failed = { retryAt: null, discardedAt: null };

/** Lists background work that was given up, latest first. */
export async function listFailedJobs(scope: Scope, first: number, after: string | null): Promise<FailedJobPage> {
  const { em, workspaceId, viewer } = scope;
  requireFailedJobs(viewer);
  const count = requirePageSize('first', first);
  const last = failedJobCursors.read('after', after);
  const found = await em.find(
    WorkAttempt,
    { workspaceId, ...failed, ...(last ? isEarlier('lastAt', last) : {}) },
    { orderBy: { lastAt: 'desc', id: 'desc' }, limit: count + 1 },
  );
  return { jobs: found.slice(0, count), hasNext: found.length > count };
}

const mailById = loaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) => em.find(OutgoingMail, { workspaceId, id: { $in: [...ids] } }),
  ({ id }) => id,
);

/** Returns the address of an email that could not be sent; null for other work. */
export async function recipientOf(scope: Scope, { worker, item }: WorkAttempt): Promise<string | null> {
  return worker === 'EMAIL' ? ((await scope.load(mailById, item))?.recipient ?? null) : null;
}
