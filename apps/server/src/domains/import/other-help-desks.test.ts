import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createContact } from '../contacts/index.ts';
import { World, type Person } from '../../testing/world.ts';
import { ImportFault, importFile, type ValueMapping } from './index.ts';

let world: World;
let admin: Person;
const folder = mkdtempSync(join(tmpdir(), 'baton-import-'));

beforeAll(async () => {
  world = await World.open();
  admin = await world.person('ADMIN', { name: 'Admin' });
});
afterAll(() => world.close());
// Each test numbers its rows from 1.
beforeEach(() =>
  world.sql(
    `select set_config('baton.log_change', 'retention', true);
     delete from ticket_tag; delete from event; delete from ticket_search; delete from note; delete from ticket`,
  ),
);

interface Options {
  readonly mapping?: Record<string, string | null>;
  readonly values?: ValueMapping;
  readonly encoding?: string;
  readonly separator?: string;
}

let files = 0;

function file(content: string | Buffer): string {
  const path = join(folder, `${++files}.csv`);
  writeFileSync(path, content);
  return path;
}

async function run(content: string | Buffer, options: Options = {}) {
  return runFile(file(content), options);
}

async function runFile(path: string, { mapping = {}, ...options }: Options = {}) {
  const refused: [line: number, reason: string][] = [];
  const notices: [line: number, text: string][] = [];
  const seen: { encoding?: string; separator?: string; ignored?: readonly string[]; conversions?: object; proposal?: object | null } = {};
  const { imported } = await importFile(world.desk.systemScope(world.workspaceId), {
    path,
    mapping,
    ...options,
    onStart: ({ encoding, separator, ignored }) => Object.assign(seen, { encoding, separator, ignored }),
    onRefused: ({ line, reason }) => refused.push([line, reason]),
    onNotice: ({ line, text }) => notices.push([line, text]),
    onProgress: () => undefined,
    onValues: (values) => Object.assign(seen, values),
  });
  return { imported, refused, notices, ...seen };
}

const header = 'Ticket ID,Subject,Description,Status,Priority,Customer Name,Customer Email,Created At,Tags,Notes';
const rows = (...lines: string[]) => [header, ...lines, ''].join('\n');
const good = (number: number, subject = `Row ${number}`) => `${number},${subject},,open,high,,,2026-01-05 10:00:00,,`;

const tickets = () =>
  world.sql<{ number: number; subject: string; status: string; priority: string; created_at: Date }>(
    `select t.number, t.subject, s.name->>'en' as status, t.priority, t.created_at from ticket t
     join status s on s.workspace_id = t.workspace_id and s.id = t.status_id order by t.number`,
  );
const numbers = async () => (await tickets()).map(({ number }) => number);

describe('a broken row is reported with its line, and all others are imported', () => {
  it.each([
    ['a quotation mark in a plain cell', rows(good(1), good(2, 'Screen 5" wide broken'), good(3)), [1, 3], [3, /quotation mark.*double/]],
    ['text after a closing quotation mark', rows(good(1), good(2, '"It is "great", yes"'), good(3)), [1, 3], [3, /quotation mark/]],
    ['a control character', rows(good(1), good(2, 'Nul \0 inside'), good(3)), [1, 3], [3, /U\+0000/]],
    [
      'a note that is too long',
      rows(good(1), `${good(2)}${'x'.repeat(100_001)}`, good(3)),
      [1, 3],
      [3, /note has 100008 characters; 100000/],
    ],
    ['a subject that is too long', rows(good(1), good(2, 'x'.repeat(256)), good(3)), [1, 3], [3, /subject has 256 characters; 255/]],
    ['a subject of invisible characters', rows(good(1), good(2, '\u200B\u3164'), good(3)), [1, 3], [3, /subject is empty/]],
    [
      'a tag that is too long',
      rows(good(1), '2,Long tag,,open,high,,,,tttttttttttttttttttttttttttttttttttttttttttttttttttttttttt,', good(3)),
      [1, 3],
      [3, /tag has 58 characters; 50/],
    ],
    [
      'too many tags',
      rows(good(1), `2,Many,,open,high,,,,${Array.from({ length: 51 }, (_, index) => `t${index}`).join('|')},`, good(3)),
      [1, 3],
      [3, /51 tags; 50/],
    ],
    ['too many cells', rows(good(1), `${good(2)},extra`, good(3)), [1, 3], [3, /11 cells; the header has 10/]],
    [
      'a name that is too long',
      rows(good(1), `2,x,,open,high,${'n'.repeat(119)}🎉🎉,emo@example.org,,,`, good(3)),
      [1, 3],
      [3, /customer name/],
    ],
    ['an email address that is none', rows(good(1), '2,x,,open,high,Ann,nowhere,,,', good(3)), [1, 3], [3, /nowhere/]],
    ['a file that ends in a cell', `${rows(good(1), good(2))}3,"Cut off,,open`, [1, 2], [4, /never closed/]],
  ])('%s', async (_what, content, imported, [line, reason]) => {
    const result = await run(content);
    expect(await numbers()).toEqual(imported);
    expect(result.refused).toEqual([[line, expect.stringMatching(reason as RegExp)]]);
  });

  it('does not take the rest of a broken cell for rows of their own', async () => {
    const result = await run(rows(good(1), '2,"He said "no" and', 'went away, home', good(3)));
    expect(await numbers()).toEqual([1, 3]);
    expect(result.refused).toMatchObject([
      [3, expect.stringMatching(/quotation mark/)],
      [4, expect.stringMatching(/rest of the broken row/)],
    ]);
  });

  it('topics, organizations and phones above their limits', async () => {
    const { imported, refused } = await run(
      [
        'Ticket ID,Subject,Category,Organization,Phone,Customer Name',
        '1,ok,,,,',
        `2,x,${'k'.repeat(500)},,,`,
        `3,x,,${'o'.repeat(200)},,Ann`,
        `4,x,,,${'5'.repeat(200)},Ann`,
        '5,ok,,,,',
      ].join('\n'),
    );
    expect([imported, await numbers()]).toEqual([2, [1, 5]]);
    expect(refused).toEqual([
      [3, expect.stringMatching(/topic has 500 characters; 120/)],
      [4, expect.stringMatching(/organization has 200 characters; 120/)],
      [5, expect.stringMatching(/phone has 200 characters; 120/)],
    ]);
    expect(await world.sql(`select 1 from contact where name = 'Ann'`)).toEqual([]);
  });

  it('rows that the database alone refuses', async () => {
    await world.sql(`alter table ticket add constraint no_cursed check (subject <> 'Cursed')`);
    const { refused } = await run(rows(good(1), good(2, 'Cursed'), good(3)));
    await world.sql('alter table ticket drop constraint no_cursed');
    expect(await numbers()).toEqual([1, 3]);
    expect(refused).toEqual([[3, expect.stringMatching(/database refused it.*no_cursed/)]]);
  });
});

describe('encodings and separators', () => {
  const ukrainian = rows(good(1, 'Принтер не друкує'));
  const cp1251 = Buffer.from(
    [...ukrainian].map((sign) => {
      const code = sign.codePointAt(0) ?? 0;
      return code < 128 ? code : sign === 'є' ? 0xba : code - 0x410 + 0xc0;
    }),
  );
  const utf16 = Buffer.from(`\uFEFF${ukrainian}`, 'utf16le');

  it.each([
    ['UTF-8', Buffer.from(ukrainian), 'utf-8'],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${ukrainian}`), 'utf-8'],
    ['UTF-16, little endian', utf16, 'utf-16le'],
    ['UTF-16, big endian', Buffer.from(utf16).swap16(), 'utf-16be'],
    ['UTF-16 without a byte order mark', utf16.subarray(2), 'utf-16le'],
    ['Windows-1251', cp1251, 'windows-1251'],
  ])('detects %s', async (_what, content, encoding) => {
    const result = await run(content);
    expect(result).toMatchObject({ imported: 1, refused: [], encoding });
    expect((await tickets())[0]?.subject).toBe('Принтер не друкує');
  });

  it('asks for an encoding that cannot be detected, before anything is written', async () => {
    const latin = Buffer.from(rows(good(1, 'Café à la carte')), 'latin1');
    await expect(run(latin)).rejects.toThrow(/--encoding/);
    await expect(run(latin, { encoding: 'klingon' })).rejects.toThrow(ImportFault);
    expect((await run(latin, { encoding: 'windows-1252' })).imported).toBe(1);
    expect((await tickets())[0]?.subject).toBe('Café à la carte');
  });

  it('reports rows with characters that are broken in a file of UTF-8', async () => {
    const broken = Buffer.concat([
      Buffer.from(`${header}\n${good(1, 'Принтер не друкує')}\n2,`),
      Buffer.from([0xd0]),
      Buffer.from(`,,open,high,,,,,\n`),
    ]);
    const { imported, refused } = await run(broken);
    expect([imported, refused]).toEqual([1, [[3, expect.stringMatching(/"Subject".*not valid in the encoding/)]]]);
  });

  it.each([
    [';', rows(good(1)).replaceAll(',', ';')],
    ['\t', rows(good(1)).replaceAll(',', '\t')],
    ['|', rows(good(1)).replaceAll(',', '|')],
    [';', `sep=;\r\n${rows(good(1)).replaceAll(',', ';').replaceAll('\n', '\r\n')}`],
  ])('detects the separator %j', async (separator, content) => {
    expect(await run(content)).toMatchObject({ imported: 1, refused: [], separator });
    expect((await tickets())[0]).toMatchObject({ number: 1, subject: 'Row 1' });
  });

  it('takes a separator that is given', async () => {
    expect(await run('Subject:Status\nPaper:open\n', { separator: ':' })).toMatchObject({ imported: 1 });
  });
});

describe('columns', () => {
  it('imports every column of a field that can be repeated, and says which columns it leaves out', async () => {
    const result = await run(
      'Ticket ID,Subject,Status,Comment,Comment,Labels,Labels,Votes\n1,Jira row,open,first comment,second comment,red,blue,7\n',
    );
    expect(result).toMatchObject({ imported: 1, ignored: ['Votes'] });
    const { ticketByNumber } = await admin.run('{ ticketByNumber(number: 1) { tags { name } notes { edges { node { body } } } } }');
    expect(ticketByNumber.tags).toEqual([{ name: 'blue' }, { name: 'red' }]);
    expect(ticketByNumber.notes.edges.map(({ node }: { node: { body: string } }) => node.body).sort()).toEqual([
      '<p>first comment</p>',
      '<p>second comment</p>',
    ]);
  });

  it('refuses a file that has two columns for one field', async () => {
    await expect(run('Subject,Status,Status\nx,open,closed\n')).rejects.toThrow(/columns 2 \("Status"\) and 3 \("Status"\)/);
  });

  it('reads ticket numbers in digits alone', async () => {
    const { refused } = await run(
      rows(
        ...['1e3', '0x1F', '"1,234"', '12.0', 'INC0012', '20260105000012', '-5', '#77'].map((number) =>
          good(1).replace('1,', `${number},`),
        ),
      ),
    );
    expect(refused.map(([line]) => line)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(await numbers()).toEqual([77]);
  });

  it('reads dates that exist, in order, and reports all others', async () => {
    const dates = [
      '2026-02-30 10:00:00',
      '2026-02-29',
      '2026-13-01',
      '2026-01-05 25:00:00',
      '2026-01-05 10:00:00 +0200',
      '2026-01-05T10:00:00+02:00',
      '05/01/2026 10:00',
      '2026-01-05 9:30',
      '0000-00-00 00:00:00',
      '1767607200',
      '2026-01-05T10:00:00.000000Z',
      '2199-01-01',
    ];
    const { refused } = await run(rows(...dates.map((date, index) => `${index + 1},x,,open,high,,,${date},,`)));
    expect(refused.map(([line]) => line)).toEqual([2, 3, 4, 5, 8, 10, 11, 13]);
    expect((await tickets()).map(({ number, created_at }) => [number, new Date(created_at).toISOString()])).toEqual([
      [5, '2026-01-05T08:00:00.000Z'],
      [6, '2026-01-05T08:00:00.000Z'],
      [8, '2026-01-05T09:30:00.000Z'],
      [11, '2026-01-05T10:00:00.000Z'],
    ]);
  });

  it('reports tickets that were resolved or updated before they were created', async () => {
    const { refused, notices } = await run(
      'Ticket ID,Subject,Status,Created At,Resolved At,Updated At\n1,a,closed,2026-01-05 10:00:00,,2026-01-04\n2,b,open,2026-01-05,2026-01-06,\n3,c,closed,2026-01-06,2026-01-05,\n',
    );
    expect(refused).toEqual([
      [2, expect.stringMatching(/updated before it was created/)],
      [4, expect.stringMatching(/resolved before it was created/)],
    ]);
    expect([await numbers(), notices]).toEqual([[2], [[3, expect.stringMatching(/resolved date was left out/)]]]);
  });

  it('keeps the spelling of tags and takes forms of one name for one tag', async () => {
    await run('Ticket ID,Subject,Tags\n1,a,"Straße,STRASSE,ПРН,прн"\n2,b,"\u0439,\u0438\u0306,VIP"\n3,c,vip\n');
    expect(
      (
        await world.sql<{ name: string }>('select name from tag where name in (?, ?, ?, ?) order by name', [
          'Straße',
          'ПРН',
          '\u0439',
          'VIP',
        ])
      ).length,
    ).toBe(4);
    const [{ count } = { count: '' }] = await world.sql<{ count: string }>('select count(*) from ticket_tag');
    expect(count).toBe('5');
  });
});

describe('values', () => {
  it('recognizes the names of the workspace’s own statuses and priorities', async () => {
    await admin.run(
      `mutation { prioritiesName(input: { names: [{ priority: NORMAL, names: [{ locale: "en", text: "Medium" }, { locale: "uk", text: "Середній" }] }] }) { userErrors { ... on UserError { message } } } }`,
    );
    const { refused } = await run('Ticket ID,Subject,Status,Priority\n1,a,Waiting on vendor,Середній\n2,b,в роботі,MEDIUM\n');
    expect(refused).toEqual([]);
    expect((await tickets()).map(({ status, priority }) => [status, priority])).toEqual([
      ['Waiting on vendor', 'NORMAL'],
      ['In progress', 'NORMAL'],
    ]);
  });

  it('offers a mapping for the words of other help desks, and imports their rows once it is given', async () => {
    const path = file(
      'Ticket ID,Subject,Status,Priority\n1,a,Pending reminder,P1\n2,b,open,2 normal\n3,c,Waiting on Third Party,\n4,d,Merged,Highest\n5,e,Frobnicated,low\n6,f,assigned,high\n',
    );
    const first = await runFile(path);
    expect([first.imported, first.refused.map(([line]) => line)]).toEqual([1, [2, 3, 4, 5, 6]]);
    expect(first.conversions).toEqual([{ field: 'status', value: 'assigned', to: 'Open' }]);
    expect(first.proposal).toEqual({
      status: {
        'Pending reminder': 'Waiting on customer',
        'Waiting on Third Party': 'Waiting on vendor',
        Merged: 'Closed',
        Frobnicated: null,
      },
      priority: { '2 normal': 'NORMAL' },
    });

    const second = await runFile(path, {
      values: { ...(first.proposal as ValueMapping), priority: { P1: 'urgent', '2 normal': 'NORMAL', Highest: 'CRITICAL' } },
    });
    expect([second.imported, second.refused]).toEqual([5, []]);
    expect((await tickets()).map(({ status, priority }) => [status, priority])).toEqual([
      ['Waiting on customer', 'CRITICAL'],
      ['Open', 'NORMAL'],
      ['Waiting on vendor', 'NORMAL'],
      ['Closed', 'CRITICAL'],
      ['New', 'LOW'],
      ['Open', 'HIGH'],
    ]);
    expect((await runFile(path)).imported).toBe(0);
    await expect(runFile(path, { values: { status: { x: 'No such status' } } })).rejects.toThrow(/No such status/);
  });

  it('tries refused rows again once the reason is gone', async () => {
    const path = file('Ticket ID,Subject,Team\n1,a,Night shift\n2,b,\n');
    expect(await runFile(path)).toMatchObject({ imported: 1, refused: [[2, expect.stringMatching(/no team "Night shift"/)]] });
    await world.team('Night Shift');
    expect(await runFile(path)).toMatchObject({ imported: 1, refused: [] });
    expect(await numbers()).toEqual([1, 2]);
  });
});

describe('customers', () => {
  it('are those who have the address as another one, or had it before they were merged', async () => {
    const scope = () => world.desk.systemScope(world.workspaceId);
    const ann = await createContact(scope(), { name: 'Ann', email: 'ann@example.org' });
    await admin.run(`mutation ($input: ContactEditInput!) { contactEdit(input: $input) { userErrors { ... on UserError { message } } } }`, {
      input: { contactId: ann.id, version: 1, name: 'Ann', emails: ['ann@example.org', 'second@example.org'], phones: [], notes: '' },
    });
    const other = await createContact(scope(), { name: 'Ann too', email: 'merged@example.org' });
    const { contactMerge } = await admin.run(
      `mutation ($input: ContactMergeInput!) { contactMerge(input: $input) { userErrors { ... on UserError { message } } } }`,
      { input: { sourceId: other.id, destinationId: ann.id } },
    );
    expect(contactMerge.userErrors).toEqual([]);

    const { imported } = await run(
      rows('1,a,,open,,Ann,Second@Example.org,,,', '2,b,,open,,Ann,merged@example.org,,,', '3,c,,open,,New,new@example.org,,,'),
    );

    expect(imported).toBe(3);
    const requesters = await world.sql<{ requester_id: string }>('select requester_id from ticket order by number');
    expect(requesters.slice(0, 2)).toEqual([{ requester_id: ann.id }, { requester_id: ann.id }]);
    const saved = await admin.run(
      `mutation ($input: ContactEditInput!) { contactEdit(input: $input) { userErrors { ... on UserError { message } } } }`,
      {
        input: {
          contactId: ann.id,
          version: 3,
          name: 'Ann',
          emails: ['ann@example.org', 'second@example.org', 'merged@example.org'],
          phones: [],
          notes: '',
        },
      },
    );
    expect(saved.contactEdit.userErrors).toEqual([]);
  });

  it('may have a phone alone', async () => {
    const { refused } = await run('Subject,Status,Phone,Organization\nPhone only,open,+380441234567,ACME\nAgain,open,+380441234567,ACME\n');
    expect(refused).toEqual([]);
    expect(await world.sql(`select name, phone, organization, email from contact where phone = '+380441234567'`)).toEqual([
      { name: '+380441234567', phone: '+380441234567', organization: 'ACME', email: null },
    ]);
    expect(await world.sql('select 1 from ticket where requester_id is not null')).toHaveLength(2);
  });

  it('are missed where a row has an organization alone, and that is said', async () => {
    expect(await run('Subject,Organization\nx,ACME\n')).toMatchObject({
      imported: 1,
      notices: [[2, expect.stringMatching(/organization was left out/)]],
    });
  });
});
