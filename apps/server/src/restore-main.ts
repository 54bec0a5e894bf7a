import { parseArgs } from 'node:util';
import { readConfig, type Config } from './config.ts';
import { migrationNames, openDatabase, storeOf } from './desk.ts';
import { BackupFault } from './platform/backup/backup-fault.ts';
import { openBackup, readEntries, type BackupSource } from './platform/backup/read-backup.ts';
import { restoreBackup } from './platform/backup/restore-backup.ts';
import { secretCheck } from './secret-check.ts';
import { explainStartFault } from './start-fault.ts';

const usage = `npm run restore -- FILE [--replace] [--new-secret] [--verify]

  Puts a backup into the database and its files into the file store. Stop every node before. Restores everything or
  changes nothing. Every client reloads when the nodes are back.

  --replace     Delete everything that the database holds. Without it only an empty database is accepted.
  --new-secret  Restore although SECRET differs. Public links and authenticator apps set up before stop working.
  --verify      Only check that the file is whole, and print what it holds.`;

async function run(): Promise<void> {
  const flag = { type: 'boolean' } as const;
  const { values, positionals } = parseArgs({
    options: { replace: flag, 'new-secret': flag, verify: flag, help: flag },
    allowPositionals: true,
  });
  const [path] = positionals;
  if (values.help || !path || positionals.length > 1) throw new BackupFault(usage);
  const source = await openBackup(path);
  if (values.verify) return describe(source);
  const config = readConfig(process.env);
  if (!values['new-secret']) requireSameSecret(source, config);
  await restore(source, config, values.replace ?? false);
}

async function restore(source: BackupSource, config: Config, replace: boolean): Promise<void> {
  const started = performance.now();
  const orm = await openDatabase({ ...config, databasePool: 1 });
  try {
    const store = storeOf(config.files);
    const { rows, files, migrated } = await restoreBackup({
      orm,
      source,
      knownMigrations: migrationNames(orm),
      mainTable: 'workspace',
      replace,
      store,
    });
    console.log(
      `Restored ${Object.keys(rows).length} tables, ${sum(rows)} rows and ${files} files, backed up at ${source.header.createdAt}, in ${((performance.now() - started) / 1000).toFixed(1)} s.`,
    );
    if (migrated.length > 0) console.log(`Migrated them to this version: ${migrated.join(', ')}.`);
    console.log('Start the nodes. Every client reloads.');
  } finally {
    await orm.close(true);
  }
}

async function describe(source: BackupSource): Promise<void> {
  for await (const { head } of readEntries(source)) {
    if (head.kind !== 'end') continue;
    console.log(
      `${source.path} is whole: ${Object.keys(head.rows).length} tables, ${sum(head.rows)} rows and ${head.files} files, backed up at ${source.header.createdAt}.`,
    );
  }
}

function requireSameSecret({ header }: BackupSource, { secret }: Config): void {
  if (header.secretCheck === secretCheck(secret)) return;
  const problem =
    secret === null ? 'SECRET is not set' : header.secretCheck === null ? 'the backup was made without SECRET' : 'SECRET differs';
  throw new BackupFault(
    `The backup was made with another secret: ${problem}. Set SECRET as it was, or restore with --new-secret: public links and authenticator apps that were set up before then stop working.`,
  );
}

function sum(rows: Readonly<Record<string, number>>): number {
  return Object.values(rows).reduce((total, count) => total + count, 0);
}

try {
  await run();
} catch (error) {
  console.error(
    error instanceof BackupFault ? error.message : explainStartFault(error, process.env, 'The restore failed and changed nothing'),
  );
  process.exit(1);
}
