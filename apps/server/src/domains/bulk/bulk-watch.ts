import { DomainError, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { nobody, type Viewer } from '../../kernel/viewer.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Scope } from '../../platform/scope.ts';
import { Watch } from '../../platform/watch.ts';
import { isTokenValid, Member, viewerOf } from '../identity/index.ts';
import { TicketNotFound } from '../tickets/index.ts';
import { takeBack } from '../undo/index.ts';
import { BulkItem, BulkJob, BulkOutcome } from './bulk.entity.ts';
import { BulkEvent } from './bulk.events.ts';
import { applyTo } from './change-one.ts';

/** So many tickets of one job are done before the next job has its turn, and before it is told how far it is. */
const batchSize = 25;
/** So many are under way at once: while one waits for the database another is worked on, and most connections stay others'. */
const lanes = 3;

interface Turn {
  readonly workspaceId: string;
  readonly jobId: string;
}

/**
 * Does what jobs ask for, a ticket at a time, each in a transaction of its own that also says what came of it: a node that
 * dies leaves nothing half done and nothing is done twice, and nobody waits for more than one ticket. What is left to do
 * is what the rows say, so any number of nodes share it.
 */
export class BulkWatch {
  readonly #watch: Watch;

  constructor(
    private readonly scopeFor: (viewer: Viewer) => Scope,
    private readonly systemScope: (workspaceId: string) => Scope,
    logger: Logger,
  ) {
    this.#watch = new Watch('change many tickets', logger, () => this.look());
  }

  start(): void {
    this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }

  async look(): Promise<number | null> {
    const running: { workspace_id: string; id: string }[] = await this.systemScope(nobody).em.execute(
      'select workspace_id, id from bulk_job where finished_at is null order by created_at limit 20',
    );
    for (const { workspace_id: workspaceId, id: jobId } of running) await this.#turn({ workspaceId, jobId });
    return running.length > 0 ? 0 : null;
  }

  async #turn({ workspaceId, jobId }: Turn): Promise<void> {
    const system = this.systemScope(workspaceId);
    const job = await system.em.findOne(BulkJob, { workspaceId, id: jobId, finishedAt: null });
    if (!job) return;
    const open: { ticket_id: string }[] = await system.em.execute(
      'select ticket_id from bulk_item where workspace_id = ? and job_id = ? and outcome is null limit ?',
      [workspaceId, jobId, batchSize],
    );
    // Looked at anew for each batch: who lost a right does not go on with it.
    const viewer = await this.#viewerOf(system, job);
    const left = open.values();
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        for (const { ticket_id: ticketId } of left) {
          if (this.#watch.isClosed) return;
          await this.#one(job, viewer, ticketId);
        }
      }),
    );
    if (this.#watch.isClosed) return;
    await system.transaction(async (tx) => {
      const waiting = await tx.em.count(BulkItem, { workspaceId, jobId, outcome: null });
      if (waiting === 0) await tx.em.nativeUpdate(BulkJob, { workspaceId, id: jobId, finishedAt: null }, { finishedAt: tx.now() });
      tx.record(domainEvent(BulkEvent.PROGRESSED, null, { subjectId: jobId, memberIds: [job.memberId] }));
    });
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
          'select 1 from bulk_item where workspace_id = ? and job_id = ? and ticket_id = ? and outcome is null for update skip locked',
          [workspaceId, jobId, ticketId],
        );
        if (!mine) return;
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
