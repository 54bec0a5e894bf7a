import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/id.ts';
import { cutText } from '../../kernel/text.ts';
import { isOutage } from '../database-errors.ts';
import type { RetentionRule } from '../housekeeping.ts';
import type { Logger } from '../logger.ts';

const maxAttempts = 5;
const maxErrorLength = 500;
/** The wait after each failed attempt but the last, in milliseconds. */
const usualWaitsMs = [1000, 5000, 25_000, 125_000];

export interface WorkItem {
  readonly workspaceId: string;
  /** Identifies the work. Contains the due instant where the same object can fall due again. */
  readonly key: string;
  /** What an administrator is shown. */
  readonly ticketId?: string | null;
  readonly memberId?: string | null;
}

export interface WorkAttemptsSettings {
  /** Stored with each failed item, so it never changes. */
  readonly worker: string;
  readonly openEm: () => EntityManager;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly waitsMs?: readonly number[];
  /** How long an item with an effect outside the database is held; such work runs under a lease. */
  readonly leaseMs?: number;
  /** Settles an item that failed for the last time. */
  readonly onGivenUp?: (item: WorkItem, error: string) => Promise<void>;
}

/** Thrown by work that no retry can complete: it is given up immediately. */
export class Unworkable extends Error {}

export interface WorkTurn {
  /** Aborted when the node stops or the lease is about to expire. */
  readonly signal: AbortSignal;
  /** Attempts that failed before this one. */
  readonly failures: number;
}

/** Thrown by work that another node is doing: nothing is known of its result. */
export class TakenElsewhere extends Error {}

type Work = (turn: WorkTurn) => Promise<void>;

/** The wait after an attempt that was interrupted, which is not counted. */
const interruptedMs = 1000;
/** The part of a lease that is left unused, so that a slow node ends its work before another one starts it. */
const leaseMargin = 0.25;

/**
 * Runs items of one worker. An item that fails is retried after a wait and given up after five attempts, and never
 * affects another item. Attempts are stored, so they count on all nodes together.
 */
export class WorkAttempts {
  readonly #stop = new AbortController();

  constructor(private readonly settings: WorkAttemptsSettings) {}

  /** SQL that is true for an item that no lease, wait or failure holds back. */
  free(workspaceId: string, item: string): string {
    const { worker, clock } = this.settings;
    return `not exists (select from work_attempt a where a.workspace_id = ${workspaceId} and a.worker = '${worker}'
      and a.item = ${item} and (a.retry_at is null or a.retry_at > '${clock().toISOString()}'::timestamptz))`;
  }

  /**
   * Deletes attempts at work that is no longer due. An item that is still due keeps its row, which prevents further attempts.
   * `due` is the SQL of due items, limited to the item that `isItem` is true for.
   */
  retention(days: number, due?: (isItem: (workspaceId: string, item: string) => string) => string): RetentionRule {
    const isItem = (workspaceId: string, item: string) => `(${workspaceId} = old.workspace_id and ${item} = old.item)`;
    return {
      table: 'work_attempt',
      sql: (batch) => `delete from work_attempt where ctid = any(array(
        select old.ctid from work_attempt old
        where old.worker = '${this.settings.worker}' and old.last_at < now() - interval '${days} days'
          and (old.retry_at is null or old.retry_at < now()) ${due ? `and not exists (select from (${due(isItem)}) due)` : ''}
        limit ${batch})) returning 1`,
    };
  }

  /** Aborts the work in progress. */
  stop(): void {
    this.#stop.abort();
  }

  /** Runs the work of one item and stores a failure. Never throws. */
  async run(item: WorkItem, work: Work): Promise<void> {
    const { leaseMs, worker, logger } = this.settings;
    try {
      await (leaseMs === undefined ? this.#runFree(item, work) : this.#runLeased(item, work, leaseMs));
    } catch (error) {
      logger.error({ err: error, worker, item: item.key }, 'could not record a result of background work, retrying');
    }
  }

  /** For work whose whole effect is one transaction: nothing is written unless it fails. */
  async #runFree(item: WorkItem, work: Work): Promise<void> {
    const failures = await this.#failuresOf(item);
    try {
      await work({ signal: this.#stop.signal, failures });
    } catch (error) {
      if (this.#stop.signal.aborted || error instanceof TakenElsewhere) return;
      return this.#recordFailure(item, error, null);
    }
    if (failures > 0) await this.#execute(`delete from work_attempt where ${whereItem}`, this.#idOf(item));
  }

  async #runLeased(item: WorkItem, work: Work, leaseMs: number): Promise<void> {
    const leaseId = newId();
    const attempts = await this.#lease(item, leaseId, leaseMs);
    if (attempts === null) return;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(leaseMs * (1 - leaseMargin))]);
    try {
      if (attempts > maxAttempts) throw new Unworkable('The server stopped during each attempt.');
      await Promise.race([work({ signal, failures: attempts - 1 }), aborted(signal)]);
    } catch (error) {
      return this.#stop.signal.aborted ? this.#release(item, leaseId) : this.#recordFailure(item, error, leaseId);
    }
    await this.#execute(`delete from work_attempt where ${whereItem} and lease_id = ?`, [...this.#idOf(item), leaseId]);
  }

  /** Counts an attempt and holds the item; null if another node was faster. */
  async #lease(item: WorkItem, leaseId: string, leaseMs: number): Promise<number | null> {
    const now = this.settings.clock();
    const [row]: { attempts: number }[] = await this.#execute(
      `${insert} on conflict (workspace_id, worker, item) do update
         set attempts = work_attempt.attempts + 1, lease_id = excluded.lease_id, last_at = excluded.last_at, retry_at = excluded.retry_at
         where work_attempt.retry_at <= excluded.last_at
       returning attempts`,
      this.#row(item, { leaseId, error: '', now, retryAt: new Date(now.getTime() + leaseMs) }),
    );
    return row?.attempts ?? null;
  }

  /** Lets another node continue: a stop of this one is not the item's failure. */
  async #release(item: WorkItem, leaseId: string): Promise<void> {
    const retryAt = new Date(this.settings.clock().getTime() + interruptedMs);
    await this.#execute(
      `update work_attempt set attempts = attempts - 1, retry_at = ?, lease_id = null where ${whereItem} and lease_id = ?`,
      [retryAt, ...this.#idOf(item), leaseId],
    );
  }

  async #recordFailure(item: WorkItem, error: unknown, leaseId: string | null): Promise<void> {
    const { worker, logger, onGivenUp } = this.settings;
    if (isOutage(error)) {
      logger.warn({ err: error, worker, item: item.key }, 'background work was interrupted, retrying');
      if (leaseId) await this.#release(item, leaseId);
      return;
    }
    const attempts = leaseId ? await this.#failuresOf(item) : (await this.#failuresOf(item)) + 1;
    const isLast = attempts >= maxAttempts || error instanceof Unworkable;
    const description = describe(error);
    const log = { err: error, worker, item: item.key, workspaceId: item.workspaceId, attempts };
    if (isLast) logger.error(log, 'background work failed for the last time, waiting for an administrator');
    else logger.warn(log, 'background work failed, retrying');
    if (isLast) await onGivenUp?.(item, description);
    const now = this.settings.clock();
    const retryAt = isLast ? null : new Date(now.getTime() + this.#waitAfter(attempts));
    if (leaseId) {
      await this.#execute(
        `update work_attempt set error = ?, last_at = ?, retry_at = ?, lease_id = null where ${whereItem} and lease_id = ?`,
        [description, now, retryAt, ...this.#idOf(item), leaseId],
      );
    } else {
      await this.#execute(
        `${insert} on conflict (workspace_id, worker, item) do update
           set attempts = work_attempt.attempts + 1, error = excluded.error, last_at = excluded.last_at, retry_at = excluded.retry_at
           where work_attempt.retry_at <= excluded.last_at`,
        this.#row(item, { leaseId: null, error: description, now, retryAt }),
      );
    }
  }

  #waitAfter(attempts: number): number {
    const { waitsMs = usualWaitsMs } = this.settings;
    return waitsMs[Math.min(attempts, waitsMs.length) - 1] ?? 0;
  }

  async #failuresOf(item: WorkItem): Promise<number> {
    const [row]: { attempts: number }[] = await this.#execute(`select attempts from work_attempt where ${whereItem}`, this.#idOf(item));
    return row?.attempts ?? 0;
  }

  #idOf({ workspaceId, key }: WorkItem): [string, string, string] {
    return [workspaceId, this.settings.worker, key];
  }

  #row(item: WorkItem, { leaseId, error, now, retryAt }: { leaseId: string | null; error: string; now: Date; retryAt: Date | null }) {
    const { workspaceId, key, ticketId = null, memberId = null } = item;
    return [workspaceId, newId(), this.settings.worker, key, ticketId, memberId, leaseId, error, now, now, retryAt];
  }

  #execute<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.settings.openEm().execute(sql, parameters);
  }
}

const whereItem = 'workspace_id = ? and worker = ? and item = ?';
const insert = `insert into work_attempt
  (workspace_id, id, worker, item, ticket_id, member_id, lease_id, attempts, error, first_at, last_at, retry_at)
  values (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)`;

/** Work that ignores its signal must not hold a lane. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = () => reject(new Error('The attempt took too long.'));
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
}

function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return cutText(text.replace(/\s+/g, ' ').trim(), maxErrorLength);
}
