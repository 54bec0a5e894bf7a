import type { MikroORM } from '@mikro-orm/postgresql';
import { openOrm, type DatabaseLimits, type DatabaseSettings } from './orm.ts';

/** The connection pools of a node. Each has an ORM, because an ORM has one pool. */
export interface Orms {
  readonly requests: MikroORM;
  /** For the relay, event readers and deliveries: requests that hold all of their connections delay no delivery. */
  readonly live: MikroORM;
  readonly workers: MikroORM;
}

export interface PoolSizes {
  readonly requests: number;
  readonly live: number;
  readonly workers: number;
}

export const defaultLimits: DatabaseLimits = {
  statementMs: 5000,
  longStatementMs: 60_000,
  lockMs: 3000,
  idleTransactionMs: 30_000,
  poolWaitMs: 5000,
};

/** Workers have time: no caller waits for them. */
function limitsOfWorkers({ longStatementMs, ...limits }: DatabaseLimits): DatabaseLimits {
  return { ...limits, longStatementMs, statementMs: longStatementMs, lockMs: longStatementMs };
}

export async function openOrms(database: DatabaseSettings, sizes: PoolSizes, limits: DatabaseLimits): Promise<Orms> {
  // One after the other: discovery of entities is not made to run twice at a time.
  const requests = await openOrm(database, { size: sizes.requests, limits });
  const live = await openOrm(database, { size: sizes.live, limits });
  const workers = await openOrm(database, { size: sizes.workers, limits: limitsOfWorkers(limits) });
  return { requests, live, workers };
}
