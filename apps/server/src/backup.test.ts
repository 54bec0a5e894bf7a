import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { migrationNames, openDatabase } from './desk.ts';
import { FolderStore } from './platform/files/file-store.ts';
import { ServerProcess } from './testing/server-process.ts';
import { waitFor, World, type Person } from './testing/world.ts';

const TICKETS = 'query { tickets(first: 100) { position edges { node { id version subject } } } }';
const CREATE =
  'mutation ($s: String!) { ticketCreate(input: { subject: $s, internal: true }) { ticket { id version } userErrors { __typename } } }';
const EVENTS = 'subscription ($after: String) { eventsStreamed(after: $after) { position reload ticketId } }';
const content = 'the bytes of an attachment';

let world: World;
let owner: Person;
let ticketId: string;
let fileId: string;
let folder: string;
/** A backup of the source, made while nothing ran. */
let backup: string;
/** Of the source when the backup was made. */
let rows: Readonly<Record<string, string>>;
let made = 0;
const databases: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-backup-'));
  world = await World.open();
  owner = await world.person('OWNER');
  ({ id: ticketId } = await world.ticket());
  await world.stranger();
  fileId = await upload();
  for (const body of ['<p>Перша нотатка, "quoted" \\ and \t tab</p>', '<p>second\nline</p>'])
    await owner.run('mutation ($i: NoteAddInput!) { noteAdd(input: $i) { note { id } } }', { i: { ticketId, body } });
  await world.close();
  backup = await backUp(world.databaseUrl);
  rows = await hashRows(world.databaseUrl);
});
afterAll(() => Promise.all(databases.map((name) => onServer(`drop database ${name} with (force)`))));

async function upload(): Promise<string> {
  const response = await fetch(`http://${world.node(0).url}/files?ticketId=${ticketId}&name=notes.txt`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${owner.secret}` },
    body: content,
  });
  const { id } = (await response.json()) as { id: string };
  await owner.run('mutation ($i: TicketFileAddInput!) { ticketFileAdd(input: $i) { userErrors { __typename } } }', {
    i: { ticketId, attachmentIds: [id] },
  });
  return id;
}

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs the program behind `npm run backup` or `npm run restore`. */
async function run(tool: 'backup' | 'restore', args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  const program = join(import.meta.dirname, `../dist/${tool}.js`);
  const env = { PATH: '', FILES_PATH: world.filesPath, ...environment };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--enable-source-maps', program, ...args], { env });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

async function backUp(database: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const path = join(folder, `${++made}.backup`);
  const { code, output } = await run('backup', [path], { DATABASE_URL: database, ...environment });
  expect(output).toContain('Backed up');
  expect(code).toBe(0);
  return path;
}

async function restore(path: string, database: string, ...flags: string[]): Promise<Ended> {
  return run('restore', [path, ...flags], { DATABASE_URL: database });
}

async function onServer(query: string, database = inject('postgresUrl')): Promise<Record<string, string>[]> {
  const client = new pg.Client(database);
  await client.connect();
  try {
    return (await client.query<Record<string, string>>(query)).rows;
  } finally {
    await client.end();
  }
}

async function newDatabase(options = ''): Promise<string> {
  const name = `t_${crypto.randomUUID().replaceAll('-', '')}`;
  await onServer(`create database ${name} ${options}`);
  databases.push(name);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

const copyOf = (database: string) => newDatabase(`template ${new URL(database).pathname.slice(1)} strategy file_copy`);

/** A hash of all rows by table. A stream's epoch is left out: each restore renews it. */
async function hashRows(database: string): Promise<Record<string, string>> {
  const tables = await onServer(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'mikro_orm_migrations'`,
    database,
  );
  const hashes: Record<string, string> = {};
  for (const { name = '' } of tables) {
    const [row] = await onServer(
      `select count(*) || ' ' || coalesce(md5(string_agg(line, E'\\n' order by line collate "C")), '') as hash
       from (select (to_jsonb(t) - 'epoch')::text as line from "${name}" t) l`,
      database,
    );
    hashes[name] = row?.hash ?? '';
  }
  return hashes;
}

async function expectUnchanged(): Promise<void> {
  expect(await hashRows(world.databaseUrl)).toEqual(rows);
}

it('restores every row and every file into an empty database', async () => {
  const target = await newDatabase();
  const files = await mkdtemp(join(tmpdir(), 'baton-files-'));

  const { code, output } = await run('restore', [backup], { DATABASE_URL: target, FILES_PATH: files });

  expect(output).toMatch(/Restored \d+ tables, \d+ rows and 1 files/);
  expect(code).toBe(0);
  expect(await hashRows(target)).toEqual(rows);
  const server = await ServerProcess.start({ DATABASE_URL: target, FILES_PATH: files });
  const { data } = await server.ask(owner.secret, TICKETS);
  const file = await fetch(`http://${server.url}/files/${fileId}/notes.txt`, { headers: { authorization: `Bearer ${owner.secret}` } });
  await server.stop();
  expect(data.tickets.edges[0].node.id).toBe(ticketId);
  expect(await file.text()).toBe(content);
});

it('restores constraints and triggers as the migrations make them', async () => {
  const target = await newDatabase();
  await restore(backup, target);

  const schema = (database: string) =>
    onServer(
      `select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) as line from pg_constraint where connamespace = 'public'::regnamespace
       union all select pg_get_triggerdef(oid) || tgenabled::text from pg_trigger where not tgisinternal
       union all select indexdef from pg_indexes where schemaname = 'public' order by 1`,
      database,
    );
  expect(await schema(target)).toEqual(await schema(world.databaseUrl));
});

it('holds one moment of a database in which agents work', async () => {
  const source = await copyOf(world.databaseUrl);
  const server = await ServerProcess.start({ DATABASE_URL: source, FILES_PATH: world.filesPath });
  let working = true;
  let count = 0;
  const work = async () => {
    while (working) await server.ask(owner.secret, CREATE, { s: `Ticket ${++count}` });
  };
  const agents = [work(), work(), work()];
  await waitFor(() => count > 20, 'some tickets');
  const path = await backUp(source);
  working = false;
  await Promise.all(agents);
  await server.stop();

  const target = await newDatabase();
  await restore(path, target);

  const torn = `select t.id from ticket t where version <> (select max(ticket_version) from event e where e.ticket_id = t.id)
    union all select e.ticket_id from event e where ticket_id is not null and not exists (select 1 from ticket t where t.id = e.ticket_id)
    union all select workspace_id from stream s where position <> (select coalesce(max(position), 0) from event e where e.workspace_id = s.workspace_id)`;
  expect(await onServer(torn, target)).toEqual([]);
  const [restored] = await onServer('select count(*) from ticket', target);
  expect(Number(restored?.count)).toBeGreaterThan(20);
});

it('tells a client that resumes after a restore to reload, also where positions repeat', async () => {
  const database = await copyOf(world.databaseUrl);
  const environment = { DATABASE_URL: database, FILES_PATH: world.filesPath };
  const path = await backUp(database);
  const addTickets = async (server: ServerProcess, subject: string) => {
    for (let index = 0; index < 5; index++) await server.ask(owner.secret, CREATE, { s: `${subject} ${index}` });
  };
  const before = await ServerProcess.start(environment);
  const stream = owner.at(before.url).follow(EVENTS, { after: (await before.ask(owner.secret, TICKETS)).data.tickets.position });
  await addTickets(before, 'Lost');
  await waitFor(() => stream.received.filter(({ eventsStreamed }) => eventsStreamed.ticketId).length >= 5, 'the events');
  const { position } = stream.received.at(-1).eventsStreamed;
  await before.stop();

  const { code } = await restore(path, database, '--replace');
  const after = await ServerProcess.start(environment);
  // The stream gets to the same positions again, with other tickets.
  await addTickets(after, 'New');
  const resumed = owner.at(after.url).follow(EVENTS, { after: position });
  const [{ eventsStreamed: first }] = [await resumed.begun()];
  const subjects = (await after.ask(owner.secret, TICKETS)).data.tickets.edges.map(
    ({ node }: { node: { subject: string } }) => node.subject,
  );
  await owner.leave();
  await after.stop();

  expect(code).toBe(0);
  expect(first).toMatchObject({ reload: true, ticketId: null });
  expect(subjects.filter((subject: string) => subject.startsWith('New'))).toHaveLength(5);
  expect(subjects.filter((subject: string) => subject.startsWith('Lost'))).toEqual([]);
});

it('refuses a database that is not empty, unless it is told to replace it', async () => {
  const { code, output } = await restore(backup, world.databaseUrl);

  expect(code).toBe(1);
  expect(output).toContain('The database is not empty.');
  await expectUnchanged();
});

it('refuses while a node runs', async () => {
  const server = await ServerProcess.start({ DATABASE_URL: world.databaseUrl, FILES_PATH: world.filesPath });
  const { code, output } = await restore(backup, world.databaseUrl, '--replace');
  await server.stop();

  expect(code).toBe(1);
  expect(output).toMatch(/The database is in use by \d+ connections, such as baton.*Stop every Baton node/);
  await expectUnchanged();
});

async function changed(change: (bytes: Buffer) => Buffer): Promise<string> {
  const path = join(folder, `${++made}.backup`);
  await writeFile(path, change(await readFile(backup)));
  return path;
}

/** A checksum that fits, as another version of Baton would write it. */
function signed(bytes: Buffer): Buffer {
  const body = bytes.subarray(0, -32);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

it.each<[what: string, change: (bytes: Buffer) => Buffer, message: string]>([
  ['is cut off', (bytes) => bytes.subarray(0, bytes.length - 1000), 'is damaged'],
  [
    'has a changed byte',
    (bytes) => bytes.fill(bytes[bytes.length >> 1] === 0 ? 1 : 0, bytes.length >> 1, (bytes.length >> 1) + 1),
    'is damaged',
  ],
  ['is empty', () => Buffer.alloc(0), 'is not a Baton backup'],
  ['is of another program', () => Buffer.from('PGDMP\n\u0001'), 'is not a Baton backup'],
  [
    'has a newer format',
    (bytes) => signed(Buffer.from(bytes.toString('latin1').replace('Baton backup 1', 'Baton backup 2'), 'latin1')),
    'newer version',
  ],
  ['has newer migrations', (bytes) => signed(Buffer.from(bytes.toString('latin1').replace('"0001-', '"9001-'), 'latin1')), '9001-desk'],
])('refuses a file that %s and changes nothing', async (_what, change, message) => {
  const { code, output } = await restore(await changed(change), world.databaseUrl, '--replace');

  expect(output).toContain(message);
  expect(code).toBe(1);
  await expectUnchanged();
});

it('changes nothing when a restore fails halfway', async () => {
  const inconsistent = await copyOf(world.databaseUrl);
  await onServer(
    `set session_replication_role = replica; delete from member; update attachment set storage_key = '${crypto.randomUUID()}/${crypto.randomUUID()}'`,
    inconsistent,
  );
  const [{ storage_key: key = '' } = {}] = await onServer('select storage_key from attachment', inconsistent);
  const files = await mkdtemp(join(tmpdir(), 'baton-files-'));
  const [{ storage_key: old = '' } = {}] = await onServer('select storage_key from attachment', world.databaseUrl);
  await new FolderStore(files).put(key, await new FolderStore(world.filesPath).read(old), 1000);
  const path = await backUp(inconsistent, { FILES_PATH: files });
  const stored = (await readdir(world.filesPath, { recursive: true })).length;

  const { code, output } = await restore(path, world.databaseUrl, '--replace');

  expect(code).toBe(1);
  expect(output).toContain('The restore failed and changed nothing');
  await expectUnchanged();
  const left = await readdir(world.filesPath, { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).not.toContain(key.split('/')[1]);
  expect(left.length).toBeLessThanOrEqual(stored + 1);
});

it('refuses a database that another program uses', async () => {
  const foreign = await newDatabase();
  await onServer('create table invoice (id int); insert into invoice values (1)', foreign);

  const { code, output } = await restore(backup, foreign, '--replace');

  expect(code).toBe(1);
  expect(output).toContain('belongs to another program: it has the table invoice');
  expect(await onServer('select id from invoice', foreign)).toEqual([{ id: 1 }]);
});

it('keeps a table of another program in a Baton database', async () => {
  const shared = await copyOf(world.databaseUrl);
  await onServer('create table invoice (id int); insert into invoice values (1)', shared);

  const { code, output } = await restore(backup, shared, '--replace');

  expect(code).toBe(1);
  expect(output).toContain('not part of Baton: invoice');
  expect(await onServer('select id from invoice', shared)).toEqual([{ id: 1 }]);
});

it('migrates a backup of an older version', async () => {
  const older = await newDatabase();
  const orm = await openDatabase({ databaseUrl: older, databasePool: 1 });
  const names = migrationNames(orm);
  await orm.migrator.up({ to: '0037-live-guard-event-token' });
  await orm.close(true);
  const target = await newDatabase();

  const { code, output } = await restore(await backUp(older), target);

  expect(output).toContain('Migrated them to this version: 0040-');
  expect(code).toBe(0);
  const ran = await onServer('select name from mikro_orm_migrations', target);
  expect(ran.map(({ name }) => name).sort()).toEqual(names.sort());
});

it('refuses a backup that was made with another SECRET', async () => {
  const path = await backUp(world.databaseUrl, { SECRET: 'a'.repeat(32) });
  const target = await newDatabase();

  const other = await run('restore', [path], { DATABASE_URL: target, SECRET: 'b'.repeat(32) });
  const same = await run('restore', [path], { DATABASE_URL: target, SECRET: 'a'.repeat(32) });

  expect(other.code).toBe(1);
  expect(other.output).toContain('SECRET differs');
  expect(same.code).toBe(0);
});

it('reports an uploaded file that the store does not have', async () => {
  const path = join(folder, `${++made}.backup`);
  const { code, output } = await run('backup', [path], { DATABASE_URL: world.databaseUrl, FILES_PATH: folder });

  expect(code).toBe(2);
  expect(output).toContain('1 uploaded files are not in the file store and not in the backup');
});

it('never replaces a file by a backup, and checks one without a database', async () => {
  const copy = join(folder, `${++made}.backup`);
  await copyFile(backup, copy);

  const again = await run('backup', [copy], { DATABASE_URL: world.databaseUrl });
  const verified = await run('restore', [copy, '--verify'], {});

  expect(again.code).toBe(1);
  expect(again.output).toContain('exists already');
  expect(verified.output).toMatch(/is whole: \d+ tables/);
});

it('covers every kind of object that holds data', async () => {
  const others = await onServer(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('S', 'm', 'f', 'p')`,
    world.databaseUrl,
  );
  expect(others).toEqual([{ name: 'mikro_orm_migrations_id_seq' }]);
});
