/**
 * Time as a business counts it: the open hours of a calendar, exact across changes of the clocks.
 *
 * An instant is open when the wall clock of the calendar's zone reads a time within the hours of that day. So an hour
 * that the clocks repeat is counted twice where it lies in the hours, and one that they skip is not counted, with no
 * special case. Instants and durations are milliseconds; all intervals are half open, [from, to).
 */
export interface Calendar {
  /** What the zone's clocks are ahead of UTC, from each instant on, in order; the first counts for all time before. */
  readonly offsets: readonly ZoneOffset[];
  /** The open hours of Monday to Sunday, in order and apart from each other; none on a day that is closed. */
  readonly week: readonly (readonly DayHours[])[];
  /** Days that differ from their weekday, closed or with hours of their own, by `dayOf` their date. */
  readonly holidays: ReadonlyMap<number, readonly DayHours[]>;
}

export interface ZoneOffset {
  readonly from: number;
  readonly offsetMs: number;
}

/** Minutes since midnight by the wall clock, [from, to), at most 0 to 1440. */
export interface DayHours {
  readonly from: number;
  readonly to: number;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;
/** The first day of the epoch was a Thursday. */
const epochWeekday = 3;
/** Where no open hour comes in so long, none ever will. */
const horizonMs = 20 * 366 * day;

/** A date as calendars count days: since 1 January 1970. `date` is written 2026-11-21. */
export function dayOf(date: string): number {
  return Math.floor(Date.parse(`${date}T00:00:00Z`) / day);
}

/** How long the calendar is open within [from, to), in milliseconds; null = round the clock. */
export function openTime(calendar: Calendar | null, from: number, to: number): number {
  if (calendar === null) return Math.max(0, to - from);
  let sum = 0;
  for (const span of openSpans(calendar, from, to)) sum += span.to - span.from;
  return sum;
}

/**
 * The first instant at which `amount` milliseconds were open since `from`; null where that never comes. An amount that is
 * reached as the doors close is reached then, and not when they open again.
 */
export function reachOpenTime(calendar: Calendar | null, from: number, amount: number): number | null {
  if (amount <= 0) return from;
  if (calendar === null) return from + amount;
  let left = amount;
  for (const span of openSpans(calendar, from, from + horizonMs + amount)) {
    const length = span.to - span.from;
    if (length >= left) return span.from + left;
    left -= length;
  }
  return null;
}

/** Whether the doors are open at an instant. */
export function isOpen(calendar: Calendar | null, at: number): boolean {
  return openTime(calendar, at, at + 1) > 0;
}

/** The open spans within [from, to), in order; those that meet are not made one. */
export function* openSpans(calendar: Calendar, from: number, to: number): Generator<Span> {
  const { offsets } = calendar;
  for (let index = offsetIndex(offsets, from); index < offsets.length; index++) {
    const zone = offsets[index];
    if (!zone) return;
    // While the offset stays, the wall clock is the instant and a constant.
    const begin = index === 0 ? from : Math.max(from, zone.from);
    const end = Math.min(to, offsets[index + 1]?.from ?? Infinity);
    if (begin >= to) return;
    for (let date = Math.floor((begin + zone.offsetMs) / day); date * day - zone.offsetMs < end; date++) {
      const midnight = date * day - zone.offsetMs;
      for (const hours of hoursOn(calendar, date)) {
        const open = Math.max(begin, midnight + hours.from * minute);
        const close = Math.min(end, midnight + hours.to * minute);
        if (open < close) yield { from: open, to: close };
      }
    }
  }
}

/** The hours of one date, by `dayOf`. */
export function hoursOn({ week, holidays }: Calendar, date: number): readonly DayHours[] {
  return holidays.get(date) ?? week[(((date + epochWeekday) % 7) + 7) % 7] ?? [];
}

/** The date that the calendar's wall clock shows at an instant, by `dayOf`. */
export function dateAt({ offsets }: Calendar, at: number): number {
  return Math.floor((at + (offsets[offsetIndex(offsets, at)]?.offsetMs ?? 0)) / day);
}

/**
 * The length of one working day, by which targets in days are counted: the mean of the weekdays that are open at all.
 * Round the clock it is 24 hours; a calendar that is never open has none.
 */
export function workingDayMs(calendar: Pick<Calendar, 'week'> | null): number {
  if (calendar === null) return day;
  const lengths = calendar.week.map((hours) => hours.reduce((sum, { from, to }) => sum + to - from, 0)).filter((length) => length > 0);
  return lengths.length === 0 ? 0 : (lengths.reduce((sum, length) => sum + length, 0) / lengths.length) * minute;
}

/** The place of the offset that counts at an instant. */
function offsetIndex(offsets: readonly ZoneOffset[], at: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((offsets[middle]?.from ?? Infinity) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
