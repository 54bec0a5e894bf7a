import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ImportFault, importFile } from '../domains/import/index.ts';
import { expectHarmless, expectNoServerError, fuzz, fuzzTimeout, startTarget, type Target } from '../testing/fuzz.ts';
import type { Person } from '../testing/world.ts';
import { hostileText } from './hostile-values.ts';

let target: Target;
let owner: Person;
let ticketId: string;
const folder = mkdtempSync(join(tmpdir(), 'baton-fuzz-'));

beforeAll(async () => {
  target = await startTarget({ FILES_PATH: folder });
  owner = await target.world.person('OWNER');
  ticketId = (await target.world.ticket()).id;
  await target.world.team('Repairs');
});
afterAll(async () => {
  await target.stop();
  rmSync(folder, { recursive: true });
});

const signature = (...bytes: number[]): Buffer => Buffer.from(bytes);
const content = fc.oneof(
  fc.constantFrom(
    ...[Buffer.alloc(0), Buffer.from('x'), Buffer.from('<svg onload=x>'), Buffer.from('MZ'), Buffer.alloc(70_000, 'x')],
    ...[
      signature(0x89, 0x50, 0x4e, 0x47),
      signature(0xff, 0xd8, 0xff),
      signature(0x50, 0x4b, 3, 4),
      Buffer.from('%PDF-1.7\n'),
      Buffer.from('GIF89a'),
    ],
    ...[
      Buffer.from('\xff\xfe<\0'),
      Buffer.from('RIFF\0\0\0\0WEBP'),
      signature(0, 0, 0, 24, 0x66, 0x74, 0x79, 0x70),
      signature(0x1f, 0x8b, 8),
    ],
  ),
  fc.uint8Array({ maxLength: 2000 }).map((array) => Buffer.from(array)),
);
const fileName = fc.oneof(
  hostileText,
  fc.constantFrom(
    'a.exe',
    'a.exe.',
    'a.exe ',
    'a.EXE::$DATA',
    'a\u202eexe.txt',
    'C:\\a.txt',
    '/etc/passwd',
    'a.tar.gz',
    '.htaccess',
    'nul.txt',
  ),
  hostileText.map((text) => `${text}.txt`),
);
const parameters = fc.array(
  fc.tuple(fc.constantFrom('name', 'draftId', 'ticketId', 'messageId', 'x', '__proto__'), fc.oneof(fileName, fc.uuid())),
  { maxLength: 3 },
);
const upload = fc.record({
  name: fileName,
  isKnownTicket: fc.boolean(),
  parameters,
  content,
  type: fc.oneof(
    { weight: 9, arbitrary: fc.constant('application/octet-stream') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('multipart/form-data; boundary=x', 'application/json', 'text/plain', 'application/octet-stream; x'),
    },
  ),
});

it('answers hostile uploads and file names without an internal error', { timeout: fuzzTimeout() }, async () => {
  await fuzz(
    'uploads in batches of 10',
    fc.array(upload, { minLength: 10, maxLength: 10 }),
    async (batch) => {
      await target.world.sql('delete from rate_limit');
      await expectHarmless(target, async () => void (await Promise.all(batch.map(send))));
      expectNoServerError(target);
    },
    { runs: 15, share: 0.1, target: () => target },
  );
});

type Upload = typeof upload extends fc.Arbitrary<infer Value> ? Value : never;

async function send({ name, isKnownTicket, parameters: others, content: body, type }: Upload): Promise<void> {
  const given: [string, string][] = [['name', name], ...others];
  if (isKnownTicket) given.push(['ticketId', ticketId]);
  const query = new URLSearchParams(given);
  const headers = { authorization: `Bearer ${owner.secret}`, 'content-type': type };
  const url = `http://${target.server.url}`;
  const response = await fetch(`${url}/files?${query.toString()}`, { method: 'POST', headers, body: new Uint8Array(body) });
  const answer = await response.text();
  expect(response.status, `the answer to an upload of ${JSON.stringify(name)}: ${answer}`).toBeLessThan(500);
  if (response.status !== 201) return;
  const { id } = JSON.parse(answer) as { id: string };
  const download = await fetch(`${url}/files/${id}/x?show`, { headers });
  expect(download.status, `the answer to a download of ${JSON.stringify(name)}`).toBe(200);
  expect(Buffer.from(await download.arrayBuffer())).toEqual(Buffer.from(body));
}

const icalValue = fc.oneof(
  hostileText,
  fc.constantFrom(
    ...['20261225', '20261225T000000Z', '20261225T250000', '00000101', '99991231', '-20261225', 'P1D', 'PT-1H', 'P99999999999W', ''],
    ...[
      'FREQ=YEARLY',
      'FREQ=SECONDLY',
      'FREQ=YEARLY;INTERVAL=0',
      'FREQ=YEARLY;COUNT=999999999',
      'FREQ=DAILY;BYDAY=-999MO',
      'FREQ=YEARLY;UNTIL=0',
    ],
    ...['FREQ=YEARLY;BYMONTH=13', 'FREQ=YEARLY;BYEASTER=0', '20261225/P1D', '20261225,20261226', 'America/New_York'],
  ),
);
const icalName = fc.constantFrom(
  ...['DTSTART', 'DTSTART;VALUE=DATE', 'DTSTART;TZID=Mars/Phobos', 'DTSTART;TZID="x', 'DTEND', 'DTEND;VALUE=DATE', 'DURATION', 'RRULE'],
  ...[
    'EXDATE',
    'EXDATE;VALUE=DATE',
    'RDATE',
    'RDATE;VALUE=PERIOD',
    'RECURRENCE-ID',
    'SUMMARY',
    'SUMMARY;LANGUAGE=de',
    'UID',
    'TZID',
    'TZOFFSETTO',
    'X',
  ],
);
const icalLine = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(icalName, icalValue).map(([name, value]) => `${name}:${value}`) },
  { weight: 1, arbitrary: hostileText },
  {
    weight: 1,
    arbitrary: fc.constantFrom('BEGIN:VEVENT', 'END:VEVENT', 'BEGIN:VALARM', 'END:VCALENDAR', 'BEGIN:VTIMEZONE', ' folded', 'DTSTART'),
  },
);
const event = fc.array(icalLine, { maxLength: 8 }).map((lines) => ['BEGIN:VEVENT', 'DTSTART;VALUE=DATE:20261225', ...lines, 'END:VEVENT']);
const ical = fc.record({
  text: fc.array(event, { maxLength: 5 }).map((events) => ['BEGIN:VCALENDAR', ...events.flat(), 'END:VCALENDAR'].join('\r\n')),
  fromYear: fc.oneof(fc.constant(2026), fc.integer({ min: -1, max: 10_000 })),
  years: fc.oneof(fc.constant(0), fc.integer({ min: -1, max: 200 })),
});
const READ_HOLIDAYS = `mutation ($input: SlaHolidaysReadInput!) { slaHolidaysRead(input: $input) {
  holidays { date name } problems { line name reason } userErrors { ... on UserError { code } } } }`;

it('answers hostile iCalendar files without an internal error', { timeout: fuzzTimeout() }, async () => {
  let found = 0;
  await fuzz(
    'iCalendar files',
    ical,
    async ({ text, fromYear, years }) => {
      await expectHarmless(target, async () => {
        const { data, errors } = await target.server.ask(owner.secret, READ_HOLIDAYS, {
          input: { ical: text, fromYear, toYear: fromYear + years },
        });
        expect(JSON.stringify(errors ?? ''), text).not.toContain('INTERNAL_SERVER_ERROR');
        found += data?.slaHolidaysRead?.holidays?.length ?? 0;
      });
      expectNoServerError(target);
    },
    { runs: 40, share: 0.07, target: () => target },
  );

  expect(found).toBeGreaterThan(0);
});

/** Cells that a column of a header takes. */
const columns: Readonly<Record<string, fc.Arbitrary<string>>> = {
  id: fc.integer({ min: 1, max: 2_000_000_000 }).map(String),
  status: fc.constantFrom('', 'open', 'Closed', 'new', 'Resolved', 'solved'),
  priority: fc.constantFrom('', 'high', 'Low', 'urgent'),
  created: fc.constantFrom('', '2026-01-01', '2026-01-01T00:00:00Z', '2024-02-29 10:00'),
  'resolved at': fc.constantFrom('', '2026-11-01', '2026-11-01T00:00:00Z'),
  email: fc.constantFrom('', 'x@example.test', 'Ada <ada@example.test>', 'ü@example.test'),
  'customer name': fc.constantFrom('', 'Ada', 'Олена', 'O’Brien'),
  'first name': fc.constantFrom('', 'Ada'),
  language: fc.constantFrom('', 'en', 'Ukrainian', 'fr'),
  phone: fc.constantFrom('', '+380441234567'),
  company: fc.constantFrom('', 'Acme', 'acme', 'ACME'),
  assignee: fc.constantFrom('', 'ada@desk.test'),
  tags: fc.constantFrom('', 'a, b', 'VPN|vpn', 'x;y'),
  team: fc.constantFrom('', 'Repairs', 'repairs'),
  category: fc.constantFrom('', 'Printers', 'printers'),
  channel: fc.constantFrom('', 'email', 'phone', 'web'),
  description: fc.constantFrom('', 'Hello', 'a\nb'),
  note: fc.constantFrom('', 'Done'),
  'note author': fc.constantFrom('', 'Ada'),
};
const subject = fc.constantFrom('Printer', 'VPN', 'Не працює', '=1+1');
const hostileCell = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...['0', '-1', '1.5', '2000000001', '99999999999999999999', '1e9', 'a b@c', '31/02/2026', '0000-00-00', '99999-01-01', '-1e15'],
      ...[
        '253402300800',
        '01.02.2026',
        '1735689600',
        'P1',
        'not a member',
        'no team',
        '8640000000000001',
        '0001-01-01',
        '10000-01-01',
        '9999-12-31T23:59:59Z',
        'TRUE',
        '"',
        'a"b',
        'a""b',
        "'",
        ',',
      ],
    ),
  },
);
/** `hostile` says which cell of a row is not what its column takes; most rows have none. */
const row = fc.record({
  subject,
  cells: fc.record(columns),
  hostile: fc.option(fc.record({ column: fc.nat(), cell: hostileCell }), { freq: 1 }),
  isQuoted: fc.boolean(),
  extra: fc.option(fc.constantFrom(-2, -1, 1), { freq: 1 }),
});
const usually = <Value>(value: Value, other: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: other });
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const csv = fc
  .record({
    headers: fc.shuffledSubarray(['subject', ...Object.keys(columns)], { minLength: 2 }),
    oddHeader: fc.option(hostileText, { freq: 5 }),
    hasSubject: usually(true, fc.constant(false)),
    rows: fc.array(row, { minLength: 1, maxLength: 8 }),
    separator: usually(',', fc.constantFrom(';', '\t', '|')),
    newline: usually('\r\n', fc.constantFrom('\n', '\r')),
    encoding: usually<BufferEncoding>('utf8', fc.constantFrom('utf16le', 'latin1')),
    mark: fc.constantFrom('', '\uFEFF'),
    cut: fc.option(fc.nat(200), { freq: 8 }),
  })
  .map(({ headers, oddHeader, hasSubject, rows, separator, newline, encoding, mark, cut }) => {
    const names = [...new Set([...(hasSubject ? ['subject'] : []), ...headers])];
    const head = [...names, ...(oddHeader === null ? [] : [oddHeader])].map(quoted);
    const lines = rows.map(({ subject: start, cells, hostile, isQuoted, extra }) => {
      const texts = names.map((name) => (name === 'subject' ? start : ((cells as Record<string, string>)[name] ?? '')));
      if (hostile) texts[hostile.column % texts.length] = hostile.cell;
      if (extra !== null && extra < 0) texts.splice(extra);
      if (extra === 1) texts.push('x');
      return texts.map((text) => (isQuoted || /[\s,;|"]/.test(text) ? quoted(text) : text));
    });
    const bytes = Buffer.from(mark + [head, ...lines].map((line) => line.join(separator)).join(newline), encoding);
    return cut === null ? bytes : bytes.subarray(0, bytes.length - cut);
  });

it('imports hostile CSV files, or refuses files and rows with a reason', { timeout: fuzzTimeout() }, async () => {
  const { world } = target;
  const result = { imported: 0, refused: 0 };
  let count = 0;
  await fuzz(
    'CSV files',
    fc.oneof(
      { weight: 19, arbitrary: csv },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 500 }).map((array) => Buffer.from(array)) },
    ),
    async (bytes) => {
      const path = join(folder, `${count++}.csv`);
      writeFileSync(path, bytes);
      await expectHarmless(target, async () => {
        const done = await importFile(world.desk.systemScope(world.workspaceId), {
          path,
          mapping: {},
          onStart: () => undefined,
          // What the file may not contain is known before the database refuses it.
          onRefused: ({ reason }) => expect(reason).not.toContain('the database refused it'),
          onProgress: () => undefined,
        }).catch(nothingImported);
        result.imported += done.imported;
        result.refused += done.refused;
      });
      rmSync(path);
      return 1;
    },
    { runs: 60, share: 0.1, target: () => target },
  );

  expect(result.imported).toBeGreaterThan(result.refused);
});

/** An ImportFault states what is wrong with the file. Anything else is a fault of the import. */
function nothingImported(error: unknown): { imported: number; refused: number } {
  if (error instanceof ImportFault) return { imported: 0, refused: 0 };
  throw error;
}
