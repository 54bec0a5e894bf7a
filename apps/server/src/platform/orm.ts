import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, MikroORM, type EntitySchema, type MigrationObject } from '@mikro-orm/postgresql';

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
    }),
  );
}
