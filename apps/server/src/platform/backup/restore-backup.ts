import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { lockExclusively } from '../exclusively.ts';
import type { FileStore } from '../files/file-store.ts';
import { renewEpochs } from '../live/stream-place.ts';
import { connect, transactionOn } from '../orm.ts';
import { BackupFault } from './backup-fault.ts';
import type { EntryHead } from './backup-format.ts';
import { listForeignKeys, listMigrations, listObjects, listTables, migrationTable, quote, type DatabaseObject } from './catalog.ts';
import { readEntries, type BackupSource, type Entry } from './read-backup.ts';
import { textFormat } from './write-backup.ts';

export interface RestoreSettings {
  /** With a pool of one connection. */
  readonly orm: MikroORM;
  readonly source: BackupSource;
  /** Names of the migrations of this version. */
  readonly knownMigrations: readonly string[];
  /** The table that holds rows in every database that is in use. */
  readonly mainTable: string;
  /** Delete what the database holds. */
  readonly replace: boolean;
  readonly store: FileStore;
}

export interface RestoreResult {
  readonly rows: Readonly<Record<string, number>>;
  readonly files: number;
  /** Migrations that ran because the backup was made by an older version. */
  readonly migrated: readonly string[];
}

type Head<Kind extends EntryHead['kind']> = Extract<EntryHead, { kind: Kind }>;

/**
 * Puts a backup into a database, in one transaction: it replaces the schema and all rows, or changes nothing. Streams get
 * a new epoch, so every client reloads.
 */
export async function restoreBackup(settings: RestoreSettings): Promise<RestoreResult> {
  const { orm, source, store } = settings;
  const added: string[] = [];
  await requireOurs(settings);
  // Creates the table of migrations where there is none.
  await orm.migrator.getExecuted();
  try {
    return await transactionOn(orm, async (em, client) => {
      await client.query(
        `set local statement_timeout = 0; set local lock_timeout = 0; set local idle_in_transaction_session_timeout = 0; ${textFormat}`,
      );
      // A node that starts now waits, and then serves the restored database.
      await lockExclusively(em, 'migrate');
      await requireAlone(client);
      await requireEmpty(client, settings);
      const before = await dropObjects(client);
      await migrate(orm, em, source.header.migrations);
      const restored = await fill(client, settings, added);
      const migrated = await migrate(orm, em);
      await refuseExtra(client, before, Object.keys(restored.rows));
      await client.query('analyze');
      return { ...restored, migrated };
    });
  } catch (error) {
    await Promise.all(added.map((key) => store.remove(key)));
    throw error;
  }
}

/** Refuses a database of another program, and one that a newer version of Baton has migrated. */
async function requireOurs({ orm, source, knownMigrations }: RestoreSettings): Promise<void> {
  const newer = (names: readonly string[]) => names.filter((name) => !knownMigrations.includes(name)).join(', ');
  const inBackup = newer(source.header.migrations);
  if (inBackup)
    throw new BackupFault(
      `${source.path} was made by a newer version of Baton, with the migrations ${inBackup}. Restore it with that version.`,
    );
  const client = await connect(orm);
  try {
    const migrations = await listMigrations(client);
    const inDatabase = newer(migrations);
    if (inDatabase)
      throw new BackupFault(`The database was migrated by a newer version of Baton (${inDatabase}). Restore with that version.`);
    const [object] = await listObjects(client);
    if (object && migrations.length === 0)
      throw new BackupFault(
        `The database belongs to another program: it has the ${object.kind} ${object.name}. Use a database of its own.`,
      );
  } finally {
    client.release();
  }
}

/** A node that was told to stop may take a moment to leave. */
const leaveMs = 5000;

async function requireAlone(client: PoolClient): Promise<void> {
  const end = performance.now() + leaveMs;
  for (;;) {
    const { rows } = await client.query<{ pid: number; application: string }>(
      `select pid, coalesce(nullif(application_name, ''), 'unnamed') as application from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and usesysid is not null
         and coalesce(backend_type, 'client backend') = 'client backend'`,
    );
    if (rows.length === 0) return;
    if (performance.now() > end) {
      const [first] = rows;
      throw new BackupFault(
        `The database is in use by ${rows.length} connections, such as ${first?.application}, server process ${first?.pid}. Stop every Baton node and close other programs.`,
      );
    }
    await delay(100);
  }
}

async function requireEmpty(client: PoolClient, { mainTable, replace }: RestoreSettings): Promise<void> {
  if (replace) return;
  const { rows: tables } = await client.query('select 1 from pg_class where oid = to_regclass($1)', [mainTable]);
  if (tables.length === 0) return;
  const { rows } = await client.query(`select 1 from ${quote(mainTable)} limit 1`);
  if (rows.length > 0)
    throw new BackupFault(
      'The database is not empty. Back it up if you need what it holds, then restore with --replace, which deletes all of it.',
    );
}

/** Empties the schema for the migrations of the backup, which create everything. */
async function dropObjects(client: PoolClient): Promise<DatabaseObject[]> {
  const objects = await listObjects(client);
  for (const kind of ['view', 'table', 'function'] as const) {
    const names = objects.filter((object) => object.kind === kind).map(({ name }) => name);
    if (names.length > 0) await client.query(`drop ${kind} if exists ${names.join(', ')} cascade`);
  }
  await client.query(`delete from ${migrationTable}`);
  return objects;
}

/** Runs the named migrations, or all that are left, in the transaction. */
async function migrate(orm: MikroORM, em: EntityManager, migrations?: readonly string[]): Promise<string[]> {
  const transaction = em.getTransactionContext();
  const ran = await orm.migrator.up({ transaction, ...(migrations ? { migrations: [...migrations] } : {}) });
  return ran.map(({ name }) => name);
}

/**
 * Copies all rows and files. References are checked once, after the last row: then tables may come in any order, and it
 * needs no superuser. Triggers do not run: they would change rows.
 */
async function fill(client: PoolClient, { source, store }: RestoreSettings, added: string[]): Promise<Omit<RestoreResult, 'migrated'>> {
  const tables = (await listTables(client)).map(({ name }) => quote(name));
  const foreignKeys = await listForeignKeys(client);
  for (const { table, name } of foreignKeys) await client.query(`alter table ${table} drop constraint ${quote(name)}`);
  for (const table of tables) await client.query(`alter table ${table} disable trigger user`);
  // A migration may have inserted rows.
  await client.query(`truncate ${tables.join(', ')}`);
  const end = await copyEntries(client, source, store, added);
  // Before the references are back: a change with a deferred check would keep its table from being altered.
  await client.query(renewEpochs);
  for (const { table, name, definition } of foreignKeys)
    await client.query(`alter table ${table} add constraint ${quote(name)} ${definition}`);
  for (const table of tables) await client.query(`alter table ${table} enable trigger user`);
  return end;
}

async function copyEntries(
  client: PoolClient,
  source: BackupSource,
  store: FileStore,
  added: string[],
): Promise<Omit<RestoreResult, 'migrated'>> {
  const rows: Record<string, number> = {};
  let files = 0;
  for await (const { head, data } of readEntries(source)) {
    if (head.kind === 'table') rows[head.name] = await copyTable(client, head, data);
    else if (head.kind === 'file') {
      await copyFile(store, head, data, added);
      files += 1;
    } else if (head.files !== files || JSON.stringify(head.rows) !== JSON.stringify(rows)) {
      throw new Error('the restored rows are not as many as the backup holds');
    }
  }
  return { rows, files };
}

async function copyTable(client: PoolClient, { name, columns }: Head<'table'>, data: Entry['data']): Promise<number> {
  const copy = client.query(copyFrom(`copy ${quote(name)} (${columns.map(quote).join(', ')}) from stdin`));
  await pipeline(Readable.from(data), copy);
  return copy.rowCount;
}

/** Leaves a file alone that the store has. Keys of new ones are added, for the case that the restore fails. */
async function copyFile(store: FileStore, { key, sha256 }: Head<'file'>, data: Entry['data'], added: string[]): Promise<void> {
  const present = await store.read(key).catch(() => null);
  if (present && (await hashOf(present)) === sha256) return;
  if (!present) added.push(key);
  await store.put(key, Readable.from(data), Number.POSITIVE_INFINITY);
}

async function hashOf(content: Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Dropping what another program keeps in the same schema would lose it. */
async function refuseExtra(client: PoolClient, before: readonly DatabaseObject[], inBackup: readonly string[]): Promise<void> {
  const known = new Set([...(await listObjects(client)).map(({ name }) => name), ...inBackup]);
  const extra = before.find(({ kind, name }) => kind === 'table' && !known.has(name));
  if (extra)
    throw new BackupFault(
      `The database has a table that is not part of Baton: ${extra.name}. Move it to another database, or restore elsewhere.`,
    );
}
