import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';
import { ImportFault, importFile } from './index.ts';

let world: World;
let boss: Person;
const folder = mkdtempSync(join(tmpdir(), 'baton-import-'));

beforeAll(async () => {
  world = await World.open();
  boss = await world.person('SUPERVISOR', { name: 'Boss' });
});
afterAll(() => world.close());

function file(name: string, ...lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.join('\n'));
  return path;
}

async function run(path: string, mapping: Record<string, string | null> = {}) {
  const refused: string[] = [];
  const result = await importFile(world.desk.systemScope(world.workspaceId), {
    path,
    mapping,
    onStart: () => undefined,
    onRefused: ({ line, reason }) => refused.push(`${line}: ${reason}`),
    onProgress: () => undefined,
  });
  return { ...result, refusals: refused };
}

const byNumber = async (number: number) =>
  (
    await boss.run(
      `query ($number: Int!) { ticketByNumber(number: $number) { subject description priority source createdAt updatedAt resolvedAt dueAt status { category }
        topic { name } assignee { name } requester { name email } tags { name } slaClocks { state } watchers { name }
        notes { edges { node { body authorName createdAt } } } activity { edges { node { type at } } } } }`,
      { number },
    )
  ).ticketByNumber;

it('keeps original numbers, times and authors, and wakes nobody', async () => {
  const path = file(
    'full.csv',
    'Ticket ID,Customer Name,Customer Email,Ticket Type,Ticket Subject,Ticket Description,Ticket Status,Ticket Priority,Created At,Resolved At,Assignee,Resolution,Tags',
    `4711,Marisa Obrien,Marisa@Example.com,Technical issue,Product setup,"Line one, with a comma\nline two",Closed,Critical,2023-06-01 11:14:38,2023-06-01 18:05:38,Boss,Reset it.,"vip, hardware"`,
  );

  const result = await run(path);

  expect(result).toEqual({ imported: 1, refused: 0, refusals: [] });
  expect(await byNumber(4711)).toMatchObject({
    subject: 'Product setup',
    description: '<p>Line one, with a comma<br />line two</p>',
    priority: 'CRITICAL',
    source: 'IMPORT',
    createdAt: '2023-06-01T11:14:38.000Z',
    resolvedAt: '2023-06-01T18:05:38.000Z',
    dueAt: null,
    status: { category: 'CLOSED' },
    topic: { name: 'Technical issue' },
    assignee: { name: 'Boss' },
    requester: { name: 'Marisa Obrien', email: 'marisa@example.com' },
    tags: [{ name: 'hardware' }, { name: 'vip' }],
    slaClocks: [],
    watchers: [],
    notes: { edges: [{ node: { body: '<p>Reset it.</p>', authorName: 'Boss', createdAt: '2023-06-01T18:05:38.000Z' } }] },
    activity: { edges: [{ node: { type: 'ticket.imported', at: '2023-06-01T11:14:38.000Z' } }] },
  });
  expect((await boss.run('{ unreadNotificationCount }')).unreadNotificationCount).toBe(0);
});

it('reports each bad row with its line and reason, and imports the rest', async () => {
  const path = file(
    'bad.csv',
    'id,subject,status,priority,created,email,assignee',
    '9001,Good,open,high,2024-02-29,a@example.org,',
    '9002,"A subject',
    'on two lines",open,high,2024-02-29,a@example.org,',
    '9003,,open,high,2024-02-29,,',
    '9004,Status,lost,high,2024-02-29,,',
    '9005,Date,open,high,29.02.24,,',
    '9006,Mail,open,high,2024-02-29,nowhere,',
    '9001,Twice,open,high,2024-02-29,,',
    '9007,Assignee,open,high,2024-02-29,,ghost@example.org',
    'x1,Number,open,high,2024-02-29,,',
    '9008,Priority,open,severe,2024-02-29,,',
  );

  const { imported, refused, refusals } = await run(path);

  expect([imported, refused]).toEqual([2, 8]);
  expect(refusals.map((refusal) => refusal.split(';')[0])).toEqual([
    '5: the subject is empty',
    '6: the status "lost" is not known',
    '7: the created date "29.02.24" is not understood',
    expect.stringMatching(/^8: .*"?nowhere/),
    '9: a ticket with the number 9001 exists already',
    '10: there is no member "ghost@example.org"',
    '11: "x1" is no ticket number',
    '12: the priority "severe" is not known',
  ]);
  expect((await byNumber(9002)).subject).toBe('A subject on two lines');
  expect(await byNumber(9004)).toBeNull();
});

it('goes on after the last whole batch when it is said again, and does nothing twice', async () => {
  const rows = Array.from({ length: 1200 }, (_, index) => `${20_000 + index},Row ${index},open`);
  const path = file('long.csv', 'number,subject,status', ...rows);
  const stop = new Error('the power went');
  const scope = world.desk.systemScope(world.workspaceId);
  const interrupted = importFile(scope, {
    path,
    mapping: {},
    onStart: () => undefined,
    onRefused: () => undefined,
    onProgress({ rows: done }) {
      if (done >= 500) throw stop;
    },
  });
  await expect(interrupted).rejects.toBe(stop);

  const rest = await run(path);
  const again = await run(path);

  expect([rest.imported, rest.refused]).toEqual([700, 0]);
  expect([again.imported, again.refused]).toEqual([0, 0]);
  const [{ n } = { n: '' }] = await world.sql<{ n: string }>('select count(*) as n from ticket where number between 20000 and 21199');
  expect(n).toBe('1200');
});

it('takes a mapping for headers it does not know, and gives numbers to rows without one', async () => {
  const path = file('other.csv', 'Betreff,Bearbeiter,Interne Nr,Status', 'Drucker,Boss,77,open');

  const { imported } = await run(path, { Betreff: 'subject', Bearbeiter: 'assigneeEmail', 'Interne Nr': null });
  const [row] = await world.sql<{ number: number; top: number }>(
    `select t.number, (select last_number from ticket_counter c where c.workspace_id = t.workspace_id) as top from ticket t where subject = 'Drucker'`,
  );

  expect(imported).toBe(1);
  expect(row?.number).toBe(21_200);
  expect(row?.top).toBe(21_200);
});

it('refuses a file without a subject and a mapping that does not fit, before anything is written', async () => {
  const path = file('none.csv', 'foo,bar', '1,2');

  await expect(run(path)).rejects.toThrow(ImportFault);
  await expect(run(path, { baz: 'subject' })).rejects.toThrow('which the file does not have');
  await expect(run(path, { foo: 'colour' })).rejects.toThrow('Fields are');
});

it('reads the language of customers and leaves out those that are not supported', async () => {
  const path = file(
    'languages.csv',
    'Ticket ID,Subject,Email,Customer Language',
    '8801,One,lang1@example.test,uk-UA',
    '8802,Two,lang2@example.test,Ukrainian',
    '8803,Three,lang3@example.test,French',
  );
  expect(await run(path)).toMatchObject({ imported: 3, refused: 0 });
  const rows = await world.sql<{ locale: string | null }>(
    `select locale from contact where email like 'lang_@example.test' order by email`,
  );
  expect(rows.map(({ locale }) => locale)).toEqual(['uk', 'uk', null]);
});

it('reads first and last names of customers from columns of their own', async () => {
  const path = file('names.csv', 'Ticket ID,Subject,First Name,Last Name,Email', '8901,One,Olena,Kovalenko,names1@example.test');
  expect(await run(path)).toMatchObject({ imported: 1, refused: 0 });
  const [row] = await world.sql(`select name, first_name, last_name from contact where email = 'names1@example.test'`);
  expect(row).toEqual({ name: 'Olena Kovalenko', first_name: 'Olena', last_name: 'Kovalenko' });
});
