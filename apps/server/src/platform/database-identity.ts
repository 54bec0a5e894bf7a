import type { MikroORM } from '@mikro-orm/postgresql';

/** A text that is the same for all nodes of a database and differs between databases, also when one is a restored copy. */
export async function readDatabaseIdentity(orm: MikroORM): Promise<string> {
  const [row]: { identity: string }[] = await orm.em
    .fork()
    .execute(
      `select system_identifier || '.' || (select oid from pg_database where datname = current_database()) as identity from pg_control_system()`,
    );
  if (!row) throw new Error('the database returned no identity');
  return row.identity;
}
