import type { MikroORM } from '@mikro-orm/postgresql';
import { allowLogChange } from './event-log.ts';
import type { Logger } from './logger.ts';

const everyMs = 3_600_000;
/** Small enough that no deletion holds locks or delays replication noticeably. */
const batchSize = 1000;
const pauseMs = 50;

export interface RetentionRule {
  readonly table: string;
  /** Deletes at most `batch` rows that are past their time. Returns one row for each. */
  readonly sql: (batch: number) => string;
  /** Whether the table is the append-only event log. */
  readonly isLog?: boolean;
}

/** Deletes hourly, in small batches, the rows that are past their time. Any number of nodes may do it. */
export class Housekeeping {
  #timer: NodeJS.Timeout | undefined;
  #cleaning: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    private readonly orm: MikroORM,
    readonly rules: readonly RetentionRule[],
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void (this.#cleaning = this.clean()), everyMs);
  }

  /** Waits for the batch in progress. */
  async stop(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#cleaning;
  }

  async clean(): Promise<void> {
    for (const rule of this.rules) {
      try {
        await this.#cleanTable(rule);
      } catch (error) {
        this.logger.error({ err: error, table: rule.table }, 'could not delete old rows, retrying within an hour');
      }
    }
  }

  async #cleanTable({ sql, isLog }: RetentionRule): Promise<void> {
    while (!this.#closed) {
      const deleted = await this.orm.em.fork().transactional(async (em): Promise<unknown[]> => {
        if (isLog) await allowLogChange(em, 'retention');
        return em.execute(sql(batchSize));
      });
      if (deleted.length < batchSize) return;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
