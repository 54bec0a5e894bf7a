import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, open, rename, rm } from 'node:fs/promises';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { FileStore } from '../files/file-store.ts';
import { BackupFault } from './backup-fault.ts';
import { formatVersion, frame, magic, type BackupHeader, type EntryHead } from './backup-format.ts';
import { listMigrations, listTables, quote, type Table } from './catalog.ts';

export interface BackupSettings {
  readonly client: PoolClient;
  readonly path: string;
  readonly secretCheck: string | null;
  readonly store: FileStore;
  /** SQL of the files in the store, as `key` and `sha256`; null = leave the files out. */
  readonly storedFiles: string | null;
}

export interface BackupResult {
  readonly rows: Readonly<Record<string, number>>;
  readonly files: number;
  /** Of the file, in bytes. */
  readonly size: number;
  /** Keys of files that the database names and the store does not have, or has with another content. */
  readonly missing: readonly string[];
  readonly changed: readonly string[];
}

interface StoredKey {
  readonly key: string;
  readonly sha256: string;
}

interface Progress {
  rows: Record<string, number>;
  files: number;
  missing: string[];
  changed: string[];
}

/** Small rows arrive in small chunks, and each frame costs some bytes and a turn of the event loop. */
const frameBytes = 262_144;

/**
 * Writes the database as one snapshot, and the files that it names, to a new file. Nodes may run. The file gets its name
 * when it is complete.
 */
export async function writeBackup(settings: BackupSettings): Promise<BackupResult> {
  const { client, path } = settings;
  await requireFree(path);
  const tables = (await listTables(client)).map(({ name }) => quote(name)).join(', ');
  await client.query('begin isolation level repeatable read read only');
  await client.query(`set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0; ${textFormat}`);
  // Before the first query, which takes the snapshot: a table that a migration rewrites after it would appear empty.
  if (tables) await client.query(`lock table ${tables} in access share mode`);
  const migrations = await listMigrations(client);
  if (migrations.length === 0)
    throw new BackupFault('The database in DATABASE_URL is not a Baton database: no migration has run in it. Name another database.');
  const header: BackupHeader = { createdAt: new Date().toISOString(), migrations, secretCheck: settings.secretCheck };
  const progress: Progress = { rows: {}, files: 0, missing: [], changed: [] };
  const unfinished = `${path}.part`;
  const checksum = new AppendChecksum(Buffer.from(`${magic}${formatVersion}\n${JSON.stringify(header)}\n`));
  try {
    const compress = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } });
    const file = createWriteStream(unfinished, { flags: 'w', mode: 0o600 });
    await pipeline(Readable.from(entries(settings, progress)), compress, checksum, file);
    await flushToDisk(unfinished);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  return { ...progress, size: checksum.size };
}

/** What the settings of the server or the role could change in the text of a value. */
export const textFormat = `set local client_encoding = 'UTF8'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres';
  set local timezone = 'UTC'; set local extra_float_digits = 1; set local bytea_output = 'hex'`;

async function* entries(settings: BackupSettings, progress: Progress): AsyncGenerator<Buffer> {
  const { client } = settings;
  for (const table of await listTables(client)) yield* tableEntry(client, table, progress);
  const { storedFiles } = settings;
  const files = storedFiles ? (await client.query<StoredKey>(storedFiles)).rows : [];
  // The files outlive the snapshot, which keeps PostgreSQL from cleaning up while it is open.
  await client.query('commit');
  for (const file of files) yield* fileEntry(settings, file, progress);
  yield head({ kind: 'end', rows: progress.rows, files: progress.files });
  yield endOfEntry;
}

/** In the text format of COPY: the binary one is bound to a version of PostgreSQL. */
async function* tableEntry(client: PoolClient, { name, columns }: Table, progress: Progress): AsyncGenerator<Buffer> {
  yield head({ kind: 'table', name, columns: [...columns] });
  const copy = client.query(copyTo(`copy ${quote(name)} (${columns.map(quote).join(', ')}) to stdout`));
  yield* frames(copy);
  progress.rows[name] = copy.rowCount;
  yield endOfEntry;
}

async function* fileEntry({ client, store, storedFiles }: BackupSettings, file: StoredKey, progress: Progress): AsyncGenerator<Buffer> {
  const content = await store.read(file.key).catch((error: Error & { code?: string }) => {
    if (error.code === 'ENOENT' || error.name === 'NoSuchKey') return null;
    throw error;
  });
  if (!content) {
    // Deleted since the snapshot, as it may be.
    const { rowCount } = await client.query(`select 1 from (${storedFiles}) named where key = $1`, [file.key]);
    if (rowCount) progress.missing.push(file.key);
    return;
  }
  yield head({ kind: 'file', ...file });
  const hash = createHash('sha256');
  for await (const chunk of frames(content, hash)) yield chunk;
  yield endOfEntry;
  progress.files += 1;
  if (hash.digest('hex') !== file.sha256) progress.changed.push(file.key);
}

function head(entry: EntryHead): Buffer {
  return frame(Buffer.from(JSON.stringify(entry)));
}

const endOfEntry = frame(Buffer.alloc(0));

async function* frames(source: Readable, hash?: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    hash?.update(chunk);
    parts.push(chunk);
    size += chunk.length;
    if (size < frameBytes) continue;
    yield frame(Buffer.concat(parts));
    parts = [];
    size = 0;
  }
  if (size > 0) yield frame(Buffer.concat(parts));
}

/** Puts the preface before what goes through, and the checksum of both after it. */
class AppendChecksum extends Transform {
  size = 0;
  readonly #hash = createHash('sha256');

  constructor(preface: Buffer) {
    super();
    this.#add(preface);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#add(chunk);
    done();
  }

  override _flush(done: TransformCallback): void {
    const checksum = this.#hash.digest();
    this.size += checksum.length;
    done(null, checksum);
  }

  #add(chunk: Buffer): void {
    this.#hash.update(chunk);
    this.size += chunk.length;
    this.push(chunk);
  }
}

async function requireFree(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new BackupFault(`${path} exists already. Choose another name, or move the file away.`);
}

/** A name that survives a crash of the machine must be one of a complete file. */
async function flushToDisk(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.sync();
  await file.close();
}
