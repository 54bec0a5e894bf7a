import { DomainError, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { nobody, type Viewer } from '../../kernel/viewer.ts';
import type { RetentionRule } from '../../platform/housekeeping.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Scope } from '../../platform/scope.ts';
import { Watch } from '../../platform/watch.ts';
import { TakenElsewhere, WorkAttempts } from '../../platform/work/work-attempts.ts';
import { Turns } from './turns.ts';
import { isTokenValid, Member, viewerOf } from '../identity/index.ts';
import { TicketNotFound } from '../tickets/index.ts';
import { takeBack } from '../undo/index.ts';
import { BulkItem, BulkJob, BulkOutcome } from './bulk.entity.ts';
import { BulkEvent } from './bulk.events.ts';
import { applyTo } from './change-one.ts';

/** How many tickets a job changes before the next job has its turn; few while several members wait. */
const batchSize = { alone: 25, shared: 5 } as const;
/** How many tickets are changed at a time, so that other workers keep connections. */
const lanes = 3;
/** How often subscribers hear of the progress of a job. */
const progressMs = 500;

interface RunningJob {
  readonly workspace_id: string;
  readonly member_id: string;
  readonly id: string;
}

/**
 * Runs bulk actions, a ticket at a time, each in a transaction that also stores its outcome: a crash leaves nothing half
 * done and nothing is done twice. Workspaces take turns, then the members of each, then the jobs of each member. The rows
 * show what is left to do, so any number of nodes share it.
 */
export class BulkWatch {
  readonly #watch: Watch;
  readonly #attempts: WorkAttempts;
  readonly #turns = new Turns();
  readonly #progressAt = new Map<string, number>();

  constructor(
    private readonly scopeFor: (viewer: Viewer) => Scope,
    private readonly systemScope: (workspaceId: string) => Scope,
    logger: Logger,
  ) {
    const anywhere = systemScope(nobody);
    this.#attempts = new WorkAttempts({
      worker: 'BULK_ACTION',
      openEm: () => anywhere.em.fork(),
      clock: anywhere.clock,
      logger,
      onGivenUp: ({ workspaceId, key }) => this.#giveUp(workspaceId, key),
    });
    this.#watch = new Watch('run bulk actions', logger, () => this.look());
  }

  start(): void {
    this.#watch.start();
  }

  stop(): Promise<void> {
    this.#attempts.stop();
    return this.#watch.stop();
  }

  /** Of an item that was given up, the outcome is stored: it is never due again. */
  retention(days: number): RetentionRule[] {
    return [this.#attempts.retention(days)];
  }

  async look(): Promise<number | null> {
    while (!this.#watch.isClosed) {
      const running = await this.#workable();
      const job = this.#turns.take(running);
      if (!job) return null;
      const isAlone = running.every((one) => one.member_id === job.member_id);
      await this.#turn(job, isAlone ? batchSize.alone : batchSize.shared);
    }
    return null;
  }

  /** Jobs with a ticket that can be changed now, and jobs that only have to be finished. */
  #workable(): Promise<RunningJob[]> {
    const open = 'select from bulk_item i where i.workspace_id = j.workspace_id and i.job_id = j.id and i.outcome is null';
    return this.systemScope(nobody).em.execute(
      `select j.workspace_id, j.member_id, j.id from bulk_job j where j.finished_at is null
         and (exists (${open} and ${this.#free('i')}) or not exists (${open}))
       order by j.created_at limit 1000`,
    );
  }

  #free(alias: string): string {
    return this.#attempts.free(`${alias}.workspace_id`, `${alias}.job_id || ':' || ${alias}.ticket_id`);
  }

  async #turn({ workspace_id: workspaceId, id: jobId }: RunningJob, size: number): Promise<void> {
    const system = this.systemScope(workspaceId);
    const job = await system.em.findOne(BulkJob, { workspaceId, id: jobId, finishedAt: null });
    if (!job) return;
    const open: { ticket_id: string }[] = await system.em.execute(
      `select i.ticket_id from bulk_item i where i.workspace_id = ? and i.job_id = ? and i.outcome is null and ${this.#free('i')} limit ?`,
      [workspaceId, jobId, size],
    );
    // Read for each batch: a member who loses a permission does not continue with it.
    const viewer = await this.#viewerOf(system, job);
    const left = open.values();
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        for (const { ticket_id: ticketId } of left) {
          if (this.#watch.isClosed) return;
          const item = { workspaceId, key: `${jobId}:${ticketId}`, ticketId, memberId: job.memberId };
          await this.#attempts.run(item, () => this.#one(job, viewer, ticketId));
        }
      }),
    );
    if (!this.#watch.isClosed) await this.#progress(system, job);
  }

  async #progress(system: Scope, { workspaceId, id: jobId, memberId }: BulkJob): Promise<void> {
    const waiting = await system.em.count(BulkItem, { workspaceId, jobId, outcome: null });
    const isSoon = performance.now() - (this.#progressAt.get(jobId) ?? -Infinity) < progressMs;
    if (waiting > 0 && isSoon) return;
    if (waiting > 0) this.#progressAt.set(jobId, performance.now());
    else this.#progressAt.delete(jobId);
    await system.transaction(async (tx) => {
      if (waiting === 0) await tx.em.nativeUpdate(BulkJob, { workspaceId, id: jobId, finishedAt: null }, { finishedAt: tx.now() });
      tx.record(domainEvent(BulkEvent.PROGRESSED, null, { subjectId: jobId, memberIds: [memberId] }));
    });
  }

  async #giveUp(workspaceId: string, key: string): Promise<void> {
    const [jobId, ticketId] = key.split(':');
    const failed = { outcome: BulkOutcome.FAILED, message: 'An internal error occurred. An administrator can start it again.' };
    await this.systemScope(workspaceId).em.nativeUpdate(BulkItem, { workspaceId, jobId, ticketId, outcome: null }, failed);
  }

  async #viewerOf(scope: Scope, { memberId, permissions, tokenId }: BulkJob): Promise<Viewer | null> {
    const { em, workspaceId } = scope;
    const member = await em.findOne(Member, { workspaceId, id: memberId, active: true });
    if (!member || (tokenId !== null && !(await isTokenValid(scope, tokenId)))) return null;
    const viewer = await viewerOf(em, member, permissions);
    return tokenId === null ? viewer : { ...viewer, credential: { kind: 'TOKEN', id: tokenId } };
  }

  async #one(job: BulkJob, viewer: Viewer | null, ticketId: string): Promise<void> {
    const { workspaceId, id: jobId } = job;
    const scope = viewer ? this.scopeFor(viewer).becauseOf(job.causeId) : this.systemScope(workspaceId);
    try {
      await scope.transaction(async (tx) => {
        const [mine]: object[] = await tx.em.execute(
          'select 1 from bulk_item where workspace_id = ? and job_id = ? and ticket_id = ? and outcome is null for no key update skip locked',
          [workspaceId, jobId, ticketId],
        );
        if (!mine) throw new TakenElsewhere();
        if (!viewer) throw new NotPermitted('The member who started this job is deactivated, or its access token was revoked.');
        await tx.em.nativeUpdate(BulkItem, { workspaceId, jobId, ticketId }, await this.#do(tx, job, ticketId));
      });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // Rolled back whole; said in a transaction of its own, unless somebody else has said something meanwhile.
      const refused = { outcome: outcomeOf(error), message: error.message };
      await this.systemScope(workspaceId).em.nativeUpdate(BulkItem, { workspaceId, jobId, ticketId, outcome: null }, refused);
    }
  }

  async #do(tx: Scope, { workspaceId, action, undoOfId }: BulkJob, ticketId: string) {
    if (undoOfId === null) {
      const changes = await applyTo(tx, ticketId, action);
      return { outcome: changes.length > 0 ? BulkOutcome.DONE : BulkOutcome.UNCHANGED, changes };
    }
    const { changes } = await tx.em.findOneOrFail(BulkItem, { workspaceId, jobId: undoOfId, ticketId });
    const skipped = await takeBack(tx, ticketId, changes);
    return skipped.length === 0
      ? { outcome: BulkOutcome.DONE }
      : { outcome: BulkOutcome.SKIPPED, message: `Somebody changed it since: ${[...new Set(skipped)].join(', ')}.` };
  }
}

function outcomeOf(error: DomainError): BulkOutcome {
  if (error instanceof NotPermitted) return BulkOutcome.FORBIDDEN;
  return error instanceof TicketNotFound ? BulkOutcome.GONE : BulkOutcome.REFUSED;
}
