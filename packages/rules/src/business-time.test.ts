import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf, isOpen, openTime, reachOpenTime, workingDayMs, type Calendar, type DayHours, type ZoneOffset } from './business-time.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Zones whose clocks do unusual things: half hours, changes at midnight, a day that was left out, rules that ended. */
const zones = [
  'UTC',
  'Europe/Kyiv',
  'Europe/London',
  'America/New_York',
  'America/St_Johns',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Asia/Gaza',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
];

const quarter = 15 * minute;

/** How far a zone's wall clock is ahead of UTC, as the platform reads it. Clocks change at whole quarters of an hour. */
function clockOf(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const known = new Map<number, number>();
  return (at) => {
    const begin = Math.floor(at / quarter) * quarter;
    const offset = known.get(begin) ?? read(begin) - begin;
    known.set(begin, offset);
    return offset;
  };
  function read(at: number): number {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day: date = 1, hour: hours = 0, minute: minutes = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, date, hours, minutes, second);
  }
}
const clocks = new Map(zones.map((zone) => [zone, clockOf(zone)]));
const offsetAt = (zone: string, at: number) => clocks.get(zone)?.(at) ?? 0;

/** Where a zone's clocks change, found by looking: at each day, and at each quarter of one that ends otherwise than it began. */
function offsetsOf(timeZone: string, from: number, to: number): ZoneOffset[] {
  const offsets: ZoneOffset[] = [{ from, offsetMs: offsetAt(timeZone, from) }];
  for (let date = from; date < to; date += day) {
    if (offsetAt(timeZone, date) === offsetAt(timeZone, date + day)) continue;
    for (let at = date; at <= date + day; at += quarter) {
      const offsetMs = offsetAt(timeZone, at);
      if (offsets.at(-1)?.offsetMs !== offsetMs) offsets.push({ from: at, offsetMs });
    }
  }
  return offsets;
}

/** The obvious model: looks at the wall clock each minute and asks whether that is within the hours. */
function openMinutes(timeZone: string, { week, holidays }: Calendar, from: number, to: number): boolean[] {
  const open: boolean[] = [];
  for (let at = from; at < to; at += minute) {
    const wall = at + offsetAt(timeZone, at);
    const date = Math.floor(wall / day);
    const minutes = (wall - date * day) / minute;
    const weekday = (new Date(wall).getUTCDay() + 6) % 7;
    const hours = holidays.get(date) ?? week[weekday] ?? [];
    open.push(hours.some((one) => one.from <= minutes && minutes < one.to));
  }
  return open;
}

const hours = fc
  .uniqueArray(fc.integer({ min: 0, max: 1440 }), { maxLength: 6 })
  .map((times) => times.sort((a, b) => a - b))
  .map((times) =>
    times.flatMap((from, index): DayHours[] => {
      const to = times[index + 1];
      return index % 2 === 0 && to !== undefined ? [{ from, to }] : [];
    }),
  );

/** Days around changes of the clocks, and a day that Apia left out. */
const years = [2011, 2018, 2024, 2026];
const starts = fc.record({
  year: fc.constantFrom(...years),
  month: fc.integer({ min: 0, max: 11 }),
  day: fc.integer({ min: 1, max: 31 }),
  minute: fc.integer({ min: 0, max: 1439 }),
});

describe('business time', () => {
  const known = new Map(
    zones.map((zone) => [zone, years.map((year) => offsetsOf(zone, Date.UTC(year, 0, 1) - 3 * day, Date.UTC(year + 1, 0, 1) + 12 * day))]),
  );

  it('agrees with a model that reads the wall clock each minute, in zones whose clocks do unusual things', () => {
    let cases = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        starts,
        fc.array(hours, { minLength: 7, maxLength: 7 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), hours), { maxLength: 2 }),
        fc.integer({ min: 1, max: 3 * 1440 }),
        fc.integer({ min: 1, max: 2 * 1440 }),
        (zone, { year, month, day: date, minute: begin }, week, special, length, amount) => {
          cases += 1;
          const from = Date.UTC(year, month, date) + begin * minute;
          const first = dayOf(new Date(from).toISOString().slice(0, 10));
          const calendar: Calendar = {
            offsets: known.get(zone)?.[years.indexOf(year)] ?? [],
            week,
            holidays: new Map(special.map(([after, own]) => [first + after, own])),
          };
          const open = openMinutes(zone, calendar, from, from + length * minute);
          expect(openTime(calendar, from, from + length * minute)).toBe(open.filter(Boolean).length * minute);
          expect(isOpen(calendar, from)).toBe(open[0]);
          // The instant that a target is reached: as many open minutes before it, and the last of them ends there.
          let counted = 0;
          const place = open.findIndex((isOpenThen) => isOpenThen && ++counted === amount);
          if (place !== -1) expect(reachOpenTime(calendar, from, amount * minute)).toBe(from + (place + 1) * minute);
          else {
            const reached = reachOpenTime(calendar, from, amount * minute);
            if (reached !== null) expect(reached).toBeGreaterThan(from + length * minute);
          }
        },
      ),
      { numRuns: 10_000 },
    );
    expect(cases).toBeGreaterThanOrEqual(10_000);
  }, 120_000);

  const office: Calendar = {
    offsets: offsetsOf('Europe/Kyiv', Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)),
    // Monday to Friday, with an hour for lunch.
    week: [
      ...Array.from({ length: 5 }, () => [
        { from: 540, to: 780 },
        { from: 840, to: 1080 },
      ]),
      [],
      [],
    ],
    holidays: new Map([[dayOf('2026-08-24'), []]]),
  };
  const kyiv = (text: string) => Date.parse(`${text}+03:00`);

  it.each([
    ['over lunch', '2026-08-17T12:30', 60, '2026-08-17T14:30'],
    ['over the night', '2026-08-17T17:30', 60, '2026-08-18T09:30'],
    ['over a weekend and a holiday', '2026-08-21T17:30', 60, '2026-08-25T09:30'],
    ['to the very minute that the doors close', '2026-08-17T17:00', 60, '2026-08-17T18:00'],
    ['from the night before', '2026-08-17T03:00', 60, '2026-08-17T10:00'],
    ['a working day', '2026-08-17T09:00', 480, '2026-08-17T18:00'],
  ])('counts %s', (_what, from, minutes, due) => {
    expect(reachOpenTime(office, kyiv(from), minutes * minute)).toBe(kyiv(due));
    expect(openTime(office, kyiv(from), kyiv(due))).toBe(minutes * minute);
  });

  it('counts an hour twice that the clocks repeat, and not at all one that they skip', () => {
    const always: Calendar = { ...office, week: Array.from({ length: 7 }, () => [{ from: 0, to: 1440 }]), holidays: new Map() };
    const nights: Calendar = { ...always, week: Array.from({ length: 7 }, () => [{ from: 180, to: 240 }]) };
    const [spring, autumn] = [Date.UTC(2026, 2, 28, 22), Date.UTC(2026, 9, 24, 21)];

    expect(openTime(always, spring, spring + 23 * hour)).toBe(23 * hour);
    // From 3 to 4 in the morning: skipped in spring, lived through twice in autumn.
    expect(openTime(nights, spring, spring + 23 * hour)).toBe(0);
    expect(openTime(nights, autumn, autumn + 25 * hour)).toBe(2 * hour);
  });

  it('knows a calendar that is never open, and one that always is', () => {
    const never: Calendar = { ...office, week: [], holidays: new Map() };

    expect(reachOpenTime(never, 0, minute)).toBeNull();
    expect(reachOpenTime(never, 5, 0)).toBe(5);
    expect(reachOpenTime(null, 0, minute)).toBe(minute);
    expect(openTime(null, 5, 3)).toBe(0);
  });

  it('takes a working day to be as long as an open one', () => {
    expect(workingDayMs(office)).toBe(8 * hour);
    expect(workingDayMs(null)).toBe(day);
    expect(workingDayMs({ week: [] })).toBe(0);
  });
});
