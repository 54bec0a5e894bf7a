import { isId } from '../../kernel/id.ts';
import { actsForWholeMember, tokenOf, type Viewer } from '../../kernel/viewer.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import { listLoaderByKey, loaderByKey } from '../../platform/loader.ts';
import { Cursors, requirePageSize } from '../../platform/paging.ts';
import type { Scope } from '../../platform/scope.ts';
import { BulkItem, BulkJob, type BulkOutcome } from './bulk.entity.ts';

interface Counted {
  readonly jobId: string;
  readonly outcome: BulkOutcome;
  readonly count: number;
}

const countsByJob = listLoaderByKey(
  async ({ em, workspaceId }, ids: readonly string[]): Promise<Counted[]> => {
    const rows: { job_id: string; outcome: BulkOutcome; count: string }[] = await em.execute(
      `select job_id, outcome, count(*) from bulk_item where workspace_id = ? and job_id = any(?::uuid[]) and outcome is not null group by 1, 2`,
      [workspaceId, `{${ids.join(',')}}`],
    );
    return rows.map(({ job_id: jobId, outcome, count }) => ({ jobId, outcome, count: Number(count) }));
  },
  ({ jobId }) => jobId,
);

/** How many tickets of a job came out how. */
export async function outcomesOf(scope: Scope, jobId: string): Promise<readonly Counted[]> {
  return (await scope.load(countsByJob, jobId)) ?? [];
}

const undoByJob = loaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) => em.find(BulkJob, { workspaceId, undoOfId: { $in: [...ids] } }),
  ({ undoOfId }) => undoOfId ?? '',
);

/** Whether one click puts it back. */
export async function canUndo(scope: Scope, { id, finishedAt, undoOfId }: BulkJob): Promise<boolean> {
  if (finishedAt === null || undoOfId !== null || (await scope.load(undoByJob, id))) return false;
  return (await outcomesOf(scope, id)).some(({ outcome, count }) => outcome === 'DONE' && count > 0);
}

const jobByCause = loaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) => em.find(BulkJob, { workspaceId, causeId: { $in: [...ids] } }),
  ({ causeId }) => causeId,
);

/** The job of which something is the consequence; null for what a person did to one ticket. */
export function jobOfCause(scope: Scope, causeId: string | null): Promise<BulkJob | null> {
  return scope.load(jobByCause, causeId);
}

/** Jobs are personal: a token that holds chosen permissions only has those that it started itself. */
export function startedBy(viewer: Viewer): { memberId: string; tokenId?: string | null } {
  const { memberId } = viewer;
  return actsForWholeMember(viewer) ? { memberId } : { memberId, tokenId: tokenOf(viewer) };
}

/** The viewer's latest of which the results are kept, newest first. */
export function listBulkJobs({ em, workspaceId, viewer }: Scope): Promise<BulkJob[]> {
  return em.find(
    BulkJob,
    { workspaceId, ...startedBy(viewer), cleanedAt: null },
    { orderBy: { createdAt: 'desc', id: 'desc' }, limit: 20 },
  );
}

export const itemCursors = new Cursors<BulkItem>('items', ['uuid'], ({ ticketId }) => [ticketId]);

/** The tickets of a job that came out so, by their ids after a cursor. */
export async function itemsOf({ em, workspaceId }: Scope, jobId: string, outcome: BulkOutcome, first: number, after: string | null) {
  const count = requirePageSize('first', first);
  const [last] = itemCursors.read('after', after) ?? [];
  const where = { workspaceId, jobId, outcome, ...(last === undefined ? {} : { ticketId: { $gt: last } }) };
  const items = await em.find(BulkItem, where, { orderBy: { ticketId: 'asc' }, limit: count + 1 });
  return { items: items.slice(0, count), hasNext: items.length > count };
}

/** Ticks at first and whenever a job gets further. */
export function followJob(jobId: string): LiveSource<true> {
  return {
    topics: [`subject:${jobId}`],
    restMs: 200,
    begin: () => Promise.resolve({ payloads: isId(jobId) ? [true] : [] }),
    step: (_scope, { events }) => Promise.resolve({ payloads: events.some(({ subjectId }) => subjectId === jobId) ? [true] : [] }),
  };
}
