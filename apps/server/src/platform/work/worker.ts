import type { RetentionRule } from '../housekeeping.ts';
import { Watch } from '../watch.ts';
import { WorkAttempts, type WorkAttemptsSettings, type WorkItem, type WorkTurn } from './work-attempts.ts';

const usualBatchSize = 50;
/** How often one look searches again without the workspaces that filled a batch. */
const maxSearches = 20;

/** What the SQL that finds due items needs. */
export interface DueQuery {
  /** The present instant as an SQL expression. */
  readonly now: string;
  /** SQL that is true for an item that no lease, wait or failure holds back. */
  readonly free: (workspaceId: string, item: string) => string;
}

export interface WorkerSettings extends WorkAttemptsSettings {
  /** SQL of the free items that are due: workspace_id, item, due_at, ticket_id, member_id. */
  readonly due: (query: DueQuery) => string;
  readonly run: (item: WorkItem, turn: WorkTurn) => Promise<void>;
  /** Returns the milliseconds until an item falls due; null if that is unknown. */
  readonly next?: () => Promise<number | null>;
  /** How many items run at a time. More than one needs a lease. */
  readonly lanes?: number;
  readonly batchSize?: number;
}

interface DueRow {
  readonly workspace_id: string;
  readonly item: string;
  readonly ticket_id: string | null;
  readonly member_id: string | null;
}

/**
 * Runs the due items of all workspaces, the earliest first. Due items are found in the rows, so any number of nodes may
 * run the same worker. Workspaces take turns: one with much to do delays no other.
 */
export class Worker {
  readonly #watch: Watch;
  readonly #attempts: WorkAttempts;
  readonly #running = new Map<string, Promise<void>>();

  constructor(private readonly settings: WorkerSettings) {
    this.#attempts = new WorkAttempts(settings);
    this.#watch = new Watch(`find due work of ${settings.worker}`, settings.logger, () => this.look());
  }

  start(): void {
    this.#watch.start();
  }

  async stop(): Promise<void> {
    this.#attempts.stop();
    await this.#watch.stop();
    await Promise.all(this.#running.values());
  }

  /** SQL that is true for an item that no lease, wait or failure holds back. */
  free(workspaceId: string, item: string): string {
    return this.#attempts.free(workspaceId, item);
  }

  /** Deletes attempts that failed so many days ago. */
  retention(days: number): RetentionRule {
    return this.#attempts.retention(days, (isItem) => this.settings.due({ now: 'now()', free: isItem }));
  }

  /** Runs what is due. Returns the milliseconds until the next look; null for the usual pause. */
  async look(): Promise<number | null> {
    const { lanes = 1, leaseMs, next, batchSize = usualBatchSize } = this.settings;
    const items = await this.#find();
    for (const item of items) {
      if (this.#running.size >= lanes) await Promise.race(this.#running.values());
      if (this.#watch.isClosed) return null;
      this.#start(item);
    }
    // Leased items are held in the database, so the next look does not have to wait for the slowest.
    if (leaseMs === undefined) await Promise.all(this.#running.values());
    if (items.length >= batchSize) return 0;
    return next ? next() : null;
  }

  #start(item: WorkItem): void {
    const id = idOf(item);
    const running = this.#attempts.run(item, (turn) => this.settings.run(item, turn)).finally(() => this.#running.delete(id));
    this.#running.set(id, running);
  }

  /** Finds a batch in which workspaces alternate. */
  async #find(): Promise<WorkItem[]> {
    const { batchSize = usualBatchSize } = this.settings;
    const found = new Map<string, WorkItem[]>();
    for (let searches = 0; searches < maxSearches; searches++) {
      const rows = await this.#search([...found.keys()]);
      for (const row of rows) {
        const item = { workspaceId: row.workspace_id, key: row.item, ticketId: row.ticket_id, memberId: row.member_id };
        found.set(item.workspaceId, [...(found.get(item.workspaceId) ?? []), item]);
      }
      if (rows.length < batchSize) break;
    }
    return alternate([...found.values()]).filter((item) => !this.#running.has(idOf(item)));
  }

  #search(exceptWorkspaces: readonly string[]): Promise<DueRow[]> {
    const { due, clock, openEm, batchSize = usualBatchSize } = this.settings;
    const now = `'${clock().toISOString()}'::timestamptz`;
    return openEm().execute(
      `select distinct on (due_at, workspace_id, item) * from (
         select * from (${due({ now, free: (workspaceId, item) => this.free(workspaceId, item) })}) due
         where workspace_id <> all(?::uuid[]) order by due_at limit ?) first
       order by due_at, workspace_id, item`,
      [`{${exceptWorkspaces.join(',')}}`, batchSize],
    );
  }
}

function alternate(lists: readonly (readonly WorkItem[])[]): WorkItem[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat();
}

const idOf = ({ workspaceId, key }: WorkItem) => `${workspaceId} ${key}`;
