import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import { loaderByKey } from '../../platform/loader.ts';
import { OutgoingMail } from '../../platform/mail/outgoing-mail.entity.ts';
import type { Scope } from '../../platform/scope.ts';
import { WorkAttempt } from '../../platform/work/work-attempt.entity.ts';
import { requireFailedJobs } from './failed-job.policy.ts';

export interface FailedJobPage {
  readonly jobs: readonly WorkAttempt[];
  readonly hasNext: boolean;
}

const failed = { retryAt: null, discardedAt: null };

/** Lists background work that was given up, latest first. */
export async function listFailedJobs(scope: Scope, first: number, after: string | null): Promise<FailedJobPage> {
  const { em, workspaceId, viewer } = scope;
  requireFailedJobs(viewer);
  if (!(first >= 1 && first <= limits.pageSize)) {
    throw new InvalidInput(`Invalid page size: ${first}. Allowed: 1 to ${limits.pageSize}.`, 'first');
  }
  const last = after !== null && isId(after) ? await em.findOne(WorkAttempt, { workspaceId, id: after }) : null;
  if (after !== null && !last) throw new InvalidInput('Unknown cursor. Load the first page again.', 'after');
  const past = last ? { $or: [{ lastAt: { $lt: last.lastAt } }, { lastAt: last.lastAt, id: { $lt: last.id } }] } : {};
  const found = await em.find(
    WorkAttempt,
    { workspaceId, ...failed, ...past },
    { orderBy: { lastAt: 'desc', id: 'desc' }, limit: first + 1 },
  );
  return { jobs: found.slice(0, first), hasNext: found.length > first };
}

const mailById = loaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) => em.find(OutgoingMail, { workspaceId, id: { $in: [...ids] } }),
  ({ id }) => id,
);

/** Returns the address of an email that could not be sent; null for other work. */
export async function recipientOf(scope: Scope, { worker, item }: WorkAttempt): Promise<string | null> {
  return worker === 'EMAIL' ? ((await scope.load(mailById, item))?.recipient ?? null) : null;
}
