import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, MikroORM, type EntitySchema, type MigrationObject } from '@mikro-orm/postgresql';
import type { Pool, PoolClient } from 'pg';

export interface OrmSettings {
  readonly databaseUrl: string;
  readonly entities: readonly (EntitySchema | (new () => object))[];
  readonly migrations: readonly MigrationObject[];
  readonly poolSize: number;
}

export function openOrm({ databaseUrl, entities, migrations, poolSize }: OrmSettings): Promise<MikroORM> {
  return MikroORM.init(
    defineConfig({
      clientUrl: databaseUrl,
      entities: [...entities],
      extensions: [Migrator],
      migrations: { snapshot: false, silent: true, migrationsList: [...migrations] },
      pool: { min: 0, max: poolSize },
      forceUtcTimezone: true,
      driverOptions: { keepAlive: true, connectionTimeoutMillis: 5000, onPoolCreated: reclaimDeadConnections },
    }),
  );
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
