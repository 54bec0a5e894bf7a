import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

let world: World;
let admin: Person;

beforeAll(async () => {
  world = await World.open();
  admin = await world.person('ADMIN');
});
afterAll(() => world.close());

const READ = `mutation ($input: SlaHolidaysReadInput!) { slaHolidaysRead(input: $input) {
  holidays { date name } problems { line name reason } problemCount userErrors { ... on UserError { code field message } } } }`;

async function read(ical: string, fromYear = 2025, toYear = 2027) {
  return (await admin.run(READ, { input: { ical, fromYear, toYear } })).slaHolidaysRead;
}

const calendar = (...lines: string[]) => ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//t//t//EN', ...lines, 'END:VCALENDAR'].join('\r\n');
const event = (...lines: string[]) => ['BEGIN:VEVENT', 'UID:a@x', 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT'];
const one = (...lines: string[]) => calendar(...event(...lines));

const christmas = ['2026-12-25'];

it.each([
  ['a date without a VALUE parameter', one('DTSTART:20261225', 'DTEND:20261226', 'SUMMARY:Xmas'), christmas],
  ['a byte order mark', `\uFEFF${one('DTSTART;VALUE=DATE:20261225')}`, christmas],
  ['floating midnights', one('DTSTART:20261225T000000', 'DTEND:20261226T000000'), christmas],
  ['midnights of a zone', one('DTSTART;TZID=Europe/Berlin:20261225T000000', 'DTEND;TZID=Europe/Berlin:20261226T000000'), christmas],
  ['midnights in UTC', one('DTSTART:20261225T000000Z', 'DTEND:20261226T000000Z', 'X-MICROSOFT-CDO-ALLDAYEVENT:TRUE'), christmas],
  [
    'a yearly day of Outlook with the name of a Windows zone',
    one(
      'DTSTART;TZID="Mitteleuropäische Zeit":20241225T000000',
      'DTEND;TZID="Mitteleuropäische Zeit":20241226T000000',
      'RRULE:FREQ=YEARLY;BYDAY=4TH;BYMONTH=12;WKST=MO',
      'X-MICROSOFT-CDO-ALLDAYEVENT:TRUE',
    ),
    ['2025-12-25', '2026-12-24', '2027-12-23'],
  ],
  [
    'a day moved in one year',
    calendar(
      ...event('DTSTART;VALUE=DATE:20240504', 'RRULE:FREQ=YEARLY', 'SUMMARY:May day'),
      ...event('RECURRENCE-ID;VALUE=DATE:20260504', 'DTSTART;VALUE=DATE:20260508', 'SUMMARY:May day (moved)'),
    ),
    ['2025-05-04', '2026-05-08', '2027-05-04'],
  ],
  [
    'a day left out of one year',
    one('DTSTART;VALUE=DATE:20240504', 'RRULE:FREQ=YEARLY', 'EXDATE;VALUE=DATE:20260504'),
    ['2025-05-04', '2027-05-04'],
  ],
  ['additional days', one('DTSTART;VALUE=DATE:20260504', 'RDATE;VALUE=DATE:20260601,20270601'), ['2026-05-04', '2026-06-01', '2027-06-01']],
  ['a canceled event', one('DTSTART;VALUE=DATE:20261225', 'STATUS:CANCELLED'), []],
  ['29 February of a year outside the range', one('DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY'), []],
  ['a rule that never matches', one('DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'), []],
  ['a duration of days', one('DTSTART;VALUE=DATE:20261231', 'DURATION:P2D'), ['2026-12-31', '2027-01-01']],
  [
    'several calendars in one file',
    `${one('DTSTART;VALUE=DATE:20261225')}\r\n${one('DTSTART;VALUE=DATE:20261226')}`,
    ['2026-12-25', '2026-12-26'],
  ],
  ['line feeds alone', one('DTSTART;VALUE=DATE:20261225').replaceAll('\r', ''), christmas],
])('reads holidays from a file with %s', async (_what, ical, dates) => {
  const { holidays, problems, userErrors } = await read(ical);
  expect(holidays.map(({ date }: { date: string }) => date)).toEqual(dates);
  expect([problems, userErrors]).toEqual([[], []]);
});

it('reads the days of events that recur or last several days, with their names', async () => {
  const { holidays } = await read(
    calendar(
      ...event('SUMMARY:Independence Day', 'DTSTART;VALUE=DATE:20200824', 'DTEND;VALUE=DATE:20200825', 'RRULE:FREQ=YEARLY'),
      ...event('UID:2', 'SUMMARY:Christmas\\, new', ' year', 'DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261228'),
    ),
    2026,
  );

  expect(holidays).toEqual([
    { date: '2026-08-24', name: 'Independence Day' },
    { date: '2026-12-25', name: 'Christmas, newyear' },
    { date: '2026-12-26', name: 'Christmas, newyear' },
    { date: '2026-12-27', name: 'Christmas, newyear' },
    { date: '2027-08-24', name: 'Independence Day' },
  ]);
});

it('keeps the names of all events of a day', async () => {
  const { holidays } = await read(
    calendar(...event('DTSTART;VALUE=DATE:20261226', 'SUMMARY:Boxing Day'), ...event('DTSTART;VALUE=DATE:20261226', 'SUMMARY:St Stephen')),
  );
  expect(holidays).toEqual([{ date: '2026-12-26', name: 'Boxing Day, St Stephen' }]);
});

it.each([
  [
    'a rule with an unknown weekday',
    one('DTSTART;VALUE=DATE:20261225', 'RRULE:FREQ=YEARLY;BYDAY=XX', 'SUMMARY:Xmas'),
    christmas,
    8,
    /RRULE/,
  ],
  ['a rule without a frequency', one('DTSTART;VALUE=DATE:20261225', 'RRULE:COUNT=3', 'SUMMARY:Xmas'), christmas, 8, /FREQ/],
  ['a rule that repeats within a day', one('DTSTART;VALUE=DATE:20261225', 'RRULE:FREQ=SECONDLY', 'SUMMARY:Xmas'), christmas, 8, /SECONDLY/],
  [
    'a day that does not exist',
    calendar(...event('DTSTART;VALUE=DATE:20260230'), ...event('DTSTART;VALUE=DATE:20261225')),
    christmas,
    7,
    /20260230/,
  ],
  ['an event without a start', calendar(...event('SUMMARY:no start'), ...event('DTSTART;VALUE=DATE:20261225')), christmas, 4, /DTSTART/],
  ['a line without a colon', one('DTSTART;VALUE=DATE:20261225', 'GARBAGE LINE'), christmas, 8, /GARBAGE LINE/],
  [
    'a meeting',
    calendar(...event('DTSTART:20261224T090000Z', 'DTEND:20261224T100000Z'), ...event('DTSTART;VALUE=DATE:20261225')),
    christmas,
    4,
    /whole days/,
  ],
  [
    'an end in the middle',
    `${calendar(...event('DTSTART;VALUE=DATE:20261225'))}\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261226`,
    christmas,
    11,
    /cut off/,
  ],
])('reports %s with its line and reads the rest', async (_what, ical, dates, line, reason) => {
  const { holidays, problems, problemCount, userErrors } = await read(ical);
  expect(holidays.map(({ date }: { date: string }) => date)).toEqual(dates);
  expect(problems).toMatchObject([{ line, reason: expect.stringMatching(reason) }]);
  expect([problemCount, userErrors]).toEqual([1, []]);
});

it('refuses a text that is no calendar, and years that are too many or reversed', async () => {
  expect((await read('no calendar')).userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'ical' }]);
  expect((await read(one('DTSTART:20261225'), 2027, 2026)).userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'toYear' }]);
  expect((await read(one('DTSTART:20261225'), 2000, 2026)).userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'toYear' }]);
});

it('refuses a file that would take hours to expand, and serves others while it reads it', async () => {
  const daily = 'BEGIN:VEVENT\nDTSTART;VALUE=DATE:19700101\nRRULE:FREQ=DAILY;COUNT=999999\nEND:VEVENT\n'.repeat(8000);
  const endless = one('DTSTART;VALUE=DATE:20260101', 'DTEND;VALUE=DATE:99991231', 'RRULE:FREQ=YEARLY;COUNT=3');

  const hostile = read(`BEGIN:VCALENDAR\n${daily}END:VCALENDAR`);
  const others = Promise.all(Array.from({ length: 20 }, () => admin.run('{ viewer { member { id } } }')));

  expect((await hostile).userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'ical' }]);
  expect(await others).toHaveLength(20);
  expect((await read(endless)).holidays).toHaveLength(365 * 2);
});
