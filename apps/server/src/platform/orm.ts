import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, MikroORM, type EntityManager, type EntitySchema, type MigrationObject } from '@mikro-orm/postgresql';
import type { Pool, PoolClient } from 'pg';

/** Time limits of the connections of a pool, in milliseconds; 0 = no limit. PostgreSQL enforces all but `poolWaitMs`. */
export interface DatabaseLimits {
  readonly statementMs: number;
  /** Replaces `statementMs` in `readLong`. */
  readonly longStatementMs: number;
  /** Wait for a lock, advisory locks included. */
  readonly lockMs: number;
  /** Pause between two statements of a transaction. */
  readonly idleTransactionMs: number;
  /** Wait for a free connection of the pool. */
  readonly poolWaitMs: number;
}

export const unlimited: DatabaseLimits = { statementMs: 0, longStatementMs: 0, lockMs: 0, idleTransactionMs: 0, poolWaitMs: 5000 };

/** The database that the ORMs of a node share. */
export interface DatabaseSettings {
  readonly databaseUrl: string;
  readonly entities: readonly (EntitySchema | (new () => object))[];
  readonly migrations: readonly MigrationObject[];
}

export interface PoolSettings {
  readonly size: number;
  readonly limits: DatabaseLimits;
}

/** By ORM: the pool, which is made with the first query. */
const pools = new WeakMap<MikroORM, () => Pool | undefined>();

/** The connections under the ORM, for libraries that speak SQL by themselves. */
export function poolOf(orm: MikroORM): Pool {
  const pool = pools.get(orm)?.();
  if (!pool) throw new Error('this ORM has not asked its database anything yet');
  return pool;
}

/** A connection of its own, for what the ORM does not offer, such as COPY. The caller releases it. */
export async function connect(orm: MikroORM): Promise<PoolClient> {
  await orm.em.fork().execute('select 1');
  return poolOf(orm).connect();
}

/** A transaction and the connection that it runs on. The pool must have one connection. */
export function transactionOn<T>(orm: MikroORM, work: (em: EntityManager, client: PoolClient) => Promise<T>): Promise<T> {
  const acquired = new Promise<PoolClient>((resolve) => poolOf(orm).once('acquire', resolve));
  return orm.em.fork().transactional(async (em) => work(em, await acquired));
}

export async function openOrm({ databaseUrl, entities, migrations }: DatabaseSettings, { size, limits }: PoolSettings): Promise<MikroORM> {
  let made: Pool | undefined;
  const orm = await MikroORM.init(
    defineConfig({
      clientUrl: databaseUrl,
      entities: [...entities],
      discovery: { warnWhenNoEntities: false },
      extensions: [Migrator],
      migrations: { snapshot: false, silent: true, migrationsList: [...migrations] },
      pool: { min: 0, max: size },
      forceUtcTimezone: true,
      driverOptions: {
        application_name: 'baton',
        keepAlive: true,
        connectionTimeoutMillis: limits.poolWaitMs,
        statement_timeout: limits.statementMs,
        lock_timeout: limits.lockMs,
        idle_in_transaction_session_timeout: limits.idleTransactionMs,
        options: `-c ${longStatementSetting}=${limits.longStatementMs}`,
        onPoolCreated(pool: Pool) {
          made = pool;
          reclaimDeadConnections(pool);
        },
      },
    }),
  );
  pools.set(orm, () => made);
  lockWithoutKeys(orm);
  return orm;
}

/**
 * Makes the ORM lock rows `for no key update`. The keys of rows never change, and a plain `for update` would make every
 * transaction that stores a reference to the row wait, in an order that no use case controls.
 */
function lockWithoutKeys(orm: MikroORM): void {
  const platform = orm.driver.getPlatform();
  const create = platform.createNativeQueryBuilder.bind(platform);
  platform.createNativeQueryBuilder = () => {
    const builder = create();
    const compile = builder.compile.bind(builder);
    builder.compile = () => {
      const { sql, params } = compile();
      return { sql: sql.replace(/ for update(?= of | skip locked$| nowait$|$)/, ' for no key update'), params };
    };
    return builder;
  };
}

/** A setting of our own, which tells a transaction what its connection allows. */
const longStatementSetting = 'baton.long_statement_timeout';

/** Runs reads, such as those of a report, with the time limit of reports and exports. */
export function readLong<T>(em: EntityManager, read: (em: EntityManager) => Promise<T>): Promise<T> {
  return em.transactional(async (tx) => {
    await tx.execute(
      `select set_config('statement_timeout', coalesce(current_setting('${longStatementSetting}', true), current_setting('statement_timeout')), true)`,
    );
    return read(tx);
  });
}

const reclaimAfterMs = 1000;

/**
 * A transaction whose connection dies can be neither committed nor rolled back, and its owner gives a connection back to
 * the pool after one of the two. Without this each restart of the database would cost the pool what was in use.
 */
function reclaimDeadConnections(pool: Pool): void {
  const inUse = new Set<PoolClient>();
  pool.on('acquire', (client) => void inUse.add(client));
  pool.on('release', (_error, client) => void inUse.delete(client));
  pool.on('connect', (client) => {
    client.once('end', () => {
      setTimeout(() => {
        if (inUse.has(client)) client.release(true);
      }, reclaimAfterMs);
    });
  });
}
