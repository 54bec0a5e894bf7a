import { parseArgs } from 'node:util';
import { readConfig } from './config.ts';
import { openDatabase, storeOf } from './desk.ts';
import { BackupFault } from './platform/backup/backup-fault.ts';
import { writeBackup, type BackupResult } from './platform/backup/write-backup.ts';
import { connect } from './platform/orm.ts';
import { secretCheck } from './secret-check.ts';
import { explainStartFault } from './start-fault.ts';

const usage = `npm run backup -- FILE [--without-files]

  Writes the database, as it is at one moment, and the uploaded files to FILE. Baton may run. FILE must not exist.

  --without-files  Leave uploaded files out, for example because their bucket has a backup of its own.

  The exit code is 1 if there is no backup, and 2 if there is one but uploaded files are missing from it.`;

const storedFiles = 'select distinct on (storage_key) storage_key as key, sha256 from attachment order by storage_key';

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { 'without-files': { type: 'boolean' }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [path] = positionals;
  if (values.help || !path || positionals.length > 1) throw new BackupFault(usage);
  const config = readConfig(process.env);
  const started = performance.now();
  const orm = await openDatabase({ ...config, databasePool: 1 });
  const client = await connect(orm);
  try {
    const result = await writeBackup({
      client,
      path,
      secretCheck: secretCheck(config.secret),
      store: storeOf(config.files),
      storedFiles: values['without-files'] ? null : storedFiles,
    });
    report(path, result, performance.now() - started);
  } finally {
    // Not back into the pool: a COPY may be under way.
    client.release(true);
    await orm.close(true);
  }
}

function report(path: string, { rows, files, size, missing, changed }: BackupResult, ms: number): void {
  const counts = Object.values(rows);
  const total = counts.reduce((sum, count) => sum + count, 0);
  console.log(
    `Backed up ${counts.length} tables, ${total} rows and ${files} files to ${path}: ${(size / 1_048_576).toFixed(1)} MB in ${(ms / 1000).toFixed(1)} s.`,
  );
  const warn = (keys: readonly string[], problem: string) => {
    if (keys.length === 0) return;
    console.error(`${keys.length} uploaded files ${problem}, for example ${keys[0]}. Check FILES_PATH or the S3 settings.`);
    process.exitCode = 2;
  };
  warn(missing, 'are not in the file store and not in the backup');
  warn(changed, 'are in the backup with another content than the one that was uploaded');
}

try {
  await run();
} catch (error) {
  console.error(error instanceof BackupFault ? error.message : explainStartFault(error, process.env, 'The backup failed'));
  process.exit(1);
}
