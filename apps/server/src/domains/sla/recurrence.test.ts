import fc from 'fast-check';
import ICAL from 'ical.js';
import { expect, it } from 'vitest';
import { dayOf, isoOf } from './calendar-day.ts';
import { readHolidays } from './read-holidays.ts';

const days = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const start = dayOf(2024, 1, 1) as number;

/** Rules on which the library agrees with RFC 5545 and ends. */
const rule = fc.oneof(
  fc.record({ interval: fc.integer({ min: 1, max: 9 }) }).map(({ interval }) => `FREQ=DAILY;INTERVAL=${interval}`),
  fc
    .record({
      interval: fc.integer({ min: 1, max: 5 }),
      at: fc.uniqueArray(fc.constantFrom(...days), { minLength: 1 }),
      begin: fc.constantFrom('MO', 'SU'),
    })
    .map(({ interval, at, begin }) => `FREQ=WEEKLY;INTERVAL=${interval};BYDAY=${at.join(',')};WKST=${begin}`),
  fc
    .record({ interval: fc.integer({ min: 1, max: 13 }), day: fc.integer({ min: 1, max: 28 }) })
    .map(({ interval, day }) => `FREQ=MONTHLY;INTERVAL=${interval};BYMONTHDAY=${day}`),
  fc
    .record({ nth: fc.constantFrom(1, 2, 3, 4, -1, -2), day: fc.constantFrom(...days) })
    .map(({ nth, day }) => `FREQ=MONTHLY;BYDAY=${nth}${day}`),
  fc
    .record({ month: fc.integer({ min: 1, max: 12 }), nth: fc.constantFrom(1, 2, 3, 4, -1), day: fc.constantFrom(...days) })
    .map(({ month, nth, day }) => `FREQ=YEARLY;BYMONTH=${month};BYDAY=${nth}${day}`),
  fc
    .record({ month: fc.integer({ min: 1, max: 12 }), day: fc.integer({ min: 1, max: 28 }), interval: fc.integer({ min: 1, max: 3 }) })
    .map(({ month, day, interval }) => `FREQ=YEARLY;INTERVAL=${interval};BYMONTH=${month};BYMONTHDAY=${day}`),
);
const ending = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 1, max: 40 }).map((count) => `;COUNT=${count}`),
  fc.constant(';UNTIL=20270315'),
);

it('expands recurring days to the same dates as an independent implementation', () => {
  fc.assert(
    fc.property(rule, ending, fc.integer({ min: 0, max: 500 }), (text, end, offset) => {
      const first = isoOf(start + offset);
      const expected: string[] = [];
      const iterator = ICAL.Recur.fromString(text + end).iterator(ICAL.Time.fromDateString(first));
      for (let next = iterator.next(); next && next.year <= 2027; next = iterator.next())
        if (next.year >= 2025) expected.push(next.toString());

      const { holidays } = readHolidays(file(`DTSTART;VALUE=DATE:${first.replaceAll('-', '')}`, `RRULE:${text}${end}`), {
        fromYear: 2025,
        toYear: 2027,
      });

      expect(holidays.map(({ date }) => date)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

it.each([
  ['a day that some years lack', 'DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY', ['2028-02-29']],
  [
    'a day that some months lack',
    'DTSTART;VALUE=DATE:20280131',
    'RRULE:FREQ=MONTHLY;UNTIL=20280531',
    ['2028-01-31', '2028-03-31', '2028-05-31'],
  ],
  [
    'the last working day of a month',
    'DTSTART;VALUE=DATE:20280101',
    'RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2',
    ['2028-01-31', '2028-02-29'],
  ],
  ['a numbered week', 'DTSTART;VALUE=DATE:20270104', 'RRULE:FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO', ['2027-05-17', '2028-05-15']],
  ['a day of the year', 'DTSTART;VALUE=DATE:20270101', 'RRULE:FREQ=YEARLY;BYYEARDAY=-1', ['2027-12-31', '2028-12-31']],
  ['a date that never comes', 'DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', []],
])('expands %s', (_what, begin, repeat, expected) => {
  expect(readHolidays(file(begin, repeat), { fromYear: 2027, toYear: 2028 }).holidays.map(({ date }) => date)).toEqual(expected);
});

function file(...lines: string[]): string {
  return ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join('\r\n');
}
