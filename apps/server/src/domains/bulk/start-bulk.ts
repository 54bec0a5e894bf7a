import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import { may, tokenOf, type Viewer } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { canAssign, canEdit } from '../tickets/index.ts';
import { findView, ViewNotFound, whereVisible, type TicketFilter } from '../views/index.ts';
import { BulkJob, type BulkAction } from './bulk.entity.ts';
import { BulkJobNotFound, BulkRefused } from './bulk.errors.ts';
import { BulkEvent } from './bulk.events.ts';
import { startedBy } from './find-bulk.ts';

export interface StartBulk {
  /** Those that were selected. */
  readonly ticketIds?: readonly string[] | null | undefined;
  /** Or all that match, as they are at this moment. */
  readonly filter?: TicketFilter | null | undefined;
  /** Or all that a view holds. */
  readonly viewId?: string | null | undefined;
  readonly action: BulkAction;
}

const mostSelected = 1000;
/** Unfinished jobs of one member. */
const maxRunning = 5;

/** Stores a job and its tickets. Any node starts it. Refuses a job that could change none of them. */
export function startBulk(scope: Scope, { ticketIds, filter, viewId, action }: StartBulk): Promise<BulkJob> {
  return scope.transaction(async (tx) => {
    requireSomething(action);
    if ([ticketIds, filter, viewId].filter((one) => one != null).length !== 1) {
      throw new InvalidInput('Give either the ids of tickets, or a filter that they match, or a view that holds them.', 'ticketIds');
    }
    if (ticketIds && ticketIds.length > mostSelected) {
      throw new InvalidInput(
        `At most ${mostSelected} tickets are selected by id; ${ticketIds.length} were given. Use a filter for more.`,
        'ticketIds',
      );
    }
    const view = viewId == null ? null : await findView(tx, viewId);
    if (viewId != null && !view) throw new ViewNotFound();
    const job = await makeJob(tx, action, null);
    const { em } = tx;
    // Read once: what comes to match later is not meant. What one does not see is left out in silence, as everywhere.
    const { sql, parameters } = await whereVisible(tx, view?.wanted() ?? filter ?? {});
    const named = ticketIds?.filter(isId);
    await em.execute(
      `insert into bulk_item (workspace_id, job_id, ticket_id) select t.workspace_id, ?, t.id from ticket t where ${sql} ${named ? 'and t.id = any(?::uuid[])' : ''}`,
      [job.id, ...parameters, ...(named ? [`{${named.join(',')}}`] : [])],
    );
    await countItems(tx, job);
    await requireSomeAllowed(tx, job);
    return job;
  });
}

/** Stops watching all that is closed or spam, in the same way: whoever watched much for years has a quiet bell again. */
export function unwatchClosed(scope: Scope): Promise<BulkJob> {
  return scope.transaction(async (tx) => {
    if (!may(tx.viewer, 'watch.self')) {
      throw new NotPermitted('To stop watching tickets you need the permission "watch.self". Ask an administrator.');
    }
    const job = await makeJob(tx, { watch: false }, null);
    const { sql, parameters } = await whereVisible(tx, { categories: ['CLOSED', 'SPAM'] });
    await tx.em.execute(
      `insert into bulk_item (workspace_id, job_id, ticket_id) select t.workspace_id, ?, t.id from ticket t
       join watcher w on w.workspace_id = t.workspace_id and w.ticket_id = t.id and w.member_id = ? where ${sql}`,
      [job.id, tx.viewer.memberId, ...parameters],
    );
    await countItems(tx, job);
    return job;
  });
}

/** Puts back what a job changed and nobody has changed since. It is a job like any other, and told in the same way. */
export function undoBulk(scope: Scope, jobId: string): Promise<BulkJob> {
  return scope.transaction(async (tx) => {
    const undone = await findBulkJob(tx, jobId);
    if (!undone) throw new BulkJobNotFound();
    if (undone.finishedAt === null) throw new BulkRefused('It is not finished yet. Stop it first.');
    if (undone.undoOfId !== null) throw new BulkRefused('This was an undo itself. Do what you want done anew.');
    const { workspaceId, em } = tx;
    // Two clicks at once: the second waits for the first, and finds it.
    await em.execute('select 1 from bulk_job where workspace_id = ? and id = ? for no key update', [workspaceId, undone.id]);
    const before = await em.findOne(BulkJob, { workspaceId, undoOfId: undone.id });
    if (before) return before;
    if (undone.cleanedAt !== null) {
      throw new BulkRefused('The results of this bulk action are no longer kept, so it cannot be undone. Change the tickets themselves.');
    }
    const job = await makeJob(tx, undone.action, undone.id);
    await em.execute(
      `insert into bulk_item (workspace_id, job_id, ticket_id) select workspace_id, ?, ticket_id from bulk_item
       where workspace_id = ? and job_id = ? and outcome = 'DONE'`,
      [job.id, workspaceId, undone.id],
    );
    await countItems(tx, job);
    return job;
  });
}

/** Stops a job where it is. What was done stays done, and can be undone. */
export function cancelBulk(scope: Scope, jobId: string): Promise<BulkJob> {
  return scope.transaction(async (tx) => {
    const job = await findBulkJob(tx, jobId);
    if (!job) throw new BulkJobNotFound();
    if (job.finishedAt === null) {
      job.cancelled = true;
      job.finishedAt = tx.now();
      tx.record(domainEvent(BulkEvent.PROGRESSED, null, { subjectId: job.id, memberIds: [job.memberId] }));
    }
    return job;
  });
}

/** A job of the viewer; null for one of another member, who may see other tickets. */
export async function findBulkJob({ em, workspaceId, viewer }: Scope, id: string): Promise<BulkJob | null> {
  return isId(id) ? em.findOne(BulkJob, { workspaceId, id, ...startedBy(viewer) }) : null;
}

function requireSomething({ addTags, removeTags, ...fields }: BulkAction): void {
  if (fields.delete && Object.values(fields).filter((value) => value !== undefined).length > 1)
    throw new InvalidInput('What is deleted is not changed as well. Ask for one of the two.', 'action');
  const some = Object.values(fields).some((value) => value !== undefined) || (addTags ?? []).length + (removeTags ?? []).length > 0;
  if (!some)
    throw new InvalidInput(
      'Say what is to be done: an assignee, a team, a status, a priority, tags, a note, watching or merging.',
      'action',
    );
}

/** Refuses a job in which every ticket would end as FORBIDDEN. The policies of tickets read no more of one than its assignee. */
async function requireSomeAllowed({ em, workspaceId, viewer }: Scope, { id, action }: BulkJob): Promise<void> {
  const assignees: { assignee_id: string | null }[] = await em.execute(
    `select distinct t.assignee_id from bulk_item i join ticket t on t.workspace_id = i.workspace_id and t.id = i.ticket_id
     where i.workspace_id = ? and i.job_id = ?`,
    [workspaceId, id],
  );
  if (assignees.length === 0 || assignees.some(({ assignee_id: assigneeId }) => isAllowed(viewer, action, assigneeId))) return;
  throw new NotPermitted('You may do this to none of these tickets. Select tickets that you can edit, or ask an administrator.');
}

function isAllowed(viewer: Viewer, action: BulkAction, assigneeId: string | null): boolean {
  const ticket = { teamId: null, assigneeId };
  const { teamId, priority, statusId, addTags, removeTags, mergeIntoId } = action;
  const edits =
    teamId !== undefined || [priority, statusId, mergeIntoId].some((one) => one != null) || addTags?.length || removeTags?.length;
  return (
    (!edits || canEdit(viewer, ticket)) &&
    (action.assigneeId === undefined || canAssign(viewer, ticket, action.assigneeId)) &&
    (action.note == null || may(viewer, 'note.write')) &&
    (action.watch == null || may(viewer, 'watch.self')) &&
    (!action.delete || may(viewer, 'ticket.delete'))
  );
}

async function makeJob(tx: Scope, action: BulkAction, undoOfId: string | null): Promise<BulkJob> {
  const { workspaceId, viewer, em } = tx;
  if (!may(viewer, 'ticket.read')) throw new NotPermitted('Bulk actions need the permission "ticket.read".');
  await requireFewRunning(tx);
  const id = newId();
  const started = domainEvent(BulkEvent.STARTED, null, { subjectId: id, memberIds: [viewer.memberId] });
  tx.record(started);
  const job = em.create(
    BulkJob,
    {
      workspaceId,
      id,
      memberId: viewer.memberId,
      permissions: [...viewer.permissions],
      tokenId: tokenOf(viewer),
      action,
      undoOfId,
      causeId: started.id,
      total: 0,
      createdAt: tx.now(),
      finishedAt: null,
      cancelled: false,
    },
    { persist: true },
  );
  await em.flush();
  return job;
}

async function requireFewRunning({ em, workspaceId, viewer }: Scope): Promise<void> {
  const { memberId } = viewer;
  // Serializes the starts of one member, who could otherwise pass the limit by starting many at a time.
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`bulk ${workspaceId} ${memberId}`]);
  const running = await em.count(BulkJob, { workspaceId, memberId, finishedAt: null });
  if (running < maxRunning) return;
  throw new BulkRefused(
    `You already have ${running} bulk actions running; the limit is ${maxRunning}. Wait for one to finish, or stop one.`,
  );
}

async function countItems({ em, workspaceId }: Scope, job: BulkJob): Promise<void> {
  const [row]: { count: string }[] = await em.execute('select count(*) from bulk_item where workspace_id = ? and job_id = ?', [
    workspaceId,
    job.id,
  ]);
  job.total = Number(row?.count);
  if (job.total === 0) job.finishedAt = job.createdAt;
}
