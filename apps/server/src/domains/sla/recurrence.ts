import { dayOf, monthLength, partsOf, weekdayOf } from './calendar-day.ts';

/** The parts of an RFC 5545 rule that decide on which days something happens. Empty lists do not restrict. */
export interface Recurrence {
  readonly frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  readonly interval: number;
  readonly count: number | null;
  /** The last day; null = none. */
  readonly until: number | null;
  /** Sunday is 0. */
  readonly weekStart: number;
  readonly months: readonly number[];
  readonly weekNumbers: readonly number[];
  readonly yearDays: readonly number[];
  readonly monthDays: readonly number[];
  /** `nth` counts within the month or the year, from the end if negative; 0 = each. */
  readonly weekdays: readonly { readonly weekday: number; readonly nth: number }[];
  /** Positions within the period, from the end if negative. */
  readonly positions: readonly number[];
}

/** Bounds the work for a whole file, however many rules it has. */
export class Budget {
  constructor(private left: number) {}

  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new BudgetSpent();
  }
}

export class BudgetSpent extends Error {}

interface Period {
  readonly first: number;
  readonly last: number;
}

/** The days from `from` to `to` on which a rule that begins on `start` happens. Looks at those days alone unless it counts. */
export function* expand(rule: Recurrence, start: number, from: number, to: number, budget: Budget): Generator<number> {
  const end = Math.min(to, rule.until ?? to);
  const matches = matcherOf(rule, start);
  let left = rule.count ?? Infinity;
  const begin = indexOf(rule, start);
  const skipped = rule.count === null ? Math.floor((indexOf(rule, from) - begin) / rule.interval) : 0;
  for (let index = begin + Math.max(0, skipped) * rule.interval; left > 0; index += rule.interval) {
    const period = periodAt(rule, index);
    if (period.first > end) return;
    budget.spend(1);
    for (const day of positioned(rule, daysIn(rule, start, period, matches, budget))) {
      if (day < start) continue;
      if (day > end || left-- === 0) return;
      if (day >= from) yield day;
    }
  }
}

/** Numbers the periods of a frequency without gaps. */
function indexOf({ frequency, weekStart }: Recurrence, day: number): number {
  const { year, month } = partsOf(day);
  switch (frequency) {
    case 'DAILY':
      return day;
    case 'WEEKLY':
      return Math.floor((day - firstWeek(weekStart)) / 7);
    case 'MONTHLY':
      return year * 12 + month - 1;
    case 'YEARLY':
      return year;
  }
}

function periodAt({ frequency, weekStart }: Recurrence, index: number): Period {
  switch (frequency) {
    case 'DAILY':
      return { first: index, last: index };
    case 'WEEKLY': {
      const first = firstWeek(weekStart) + index * 7;
      return { first, last: first + 6 };
    }
    case 'MONTHLY': {
      const [year, month] = [Math.floor(index / 12), (index % 12) + 1];
      const first = dayOf(year, month, 1) as number;
      return { first, last: first + monthLength(year, month) - 1 };
    }
    case 'YEARLY':
      return { first: dayOf(index, 1, 1) as number, last: dayOf(index, 12, 31) as number };
  }
}

/** The first day at or after 1970-01-01 on which weeks begin. 1970-01-01 is a Thursday. */
function firstWeek(weekStart: number): number {
  return (weekStart + 3) % 7;
}

function daysIn(rule: Recurrence, start: number, period: Period, matches: (day: number) => boolean, budget: Budget): number[] {
  const fixed = fixedDay(rule, start, period);
  if (fixed !== undefined) return fixed === null ? [] : [fixed];
  const length = period.last - period.first + 1;
  budget.spend(length);
  return Array.from({ length }, (_, offset) => period.first + offset).filter(matches);
}

/** The single day of a period under a rule that names none, such as a birthday; null if that month lacks it; undefined if the rule names days. */
function fixedDay(rule: Recurrence, start: number, period: Period): number | null | undefined {
  const { months, weekNumbers, yearDays, monthDays, weekdays } = rule;
  if ([months, weekNumbers, yearDays, monthDays, weekdays].some(({ length }) => length > 0)) return undefined;
  const [{ year, month }, begun] = [partsOf(period.first), partsOf(start)];
  if (rule.frequency === 'YEARLY') return dayOf(year, begun.month, begun.day);
  return rule.frequency === 'MONTHLY' ? dayOf(year, month, begun.day) : undefined;
}

/** Where a rule does not name days, those of its start count. */
function matcherOf(rule: Recurrence, start: number): (day: number) => boolean {
  const { frequency, months, weekNumbers, yearDays, monthDays, weekdays } = rule;
  const begun = partsOf(start);
  const isWithinMonth = frequency === 'MONTHLY' || months.length > 0;
  const namesDays = yearDays.length > 0 || monthDays.length > 0 || weekdays.length > 0;
  return (day) => {
    const { year, month, day: monthDay } = partsOf(day);
    if (months.length > 0 && !months.includes(month)) return false;
    if (weekNumbers.length > 0 && !includesPosition(weekNumbers, ...weekOf(day, rule.weekStart))) return false;
    if (yearDays.length > 0 && !includesPosition(yearDays, ...placeInYear(day, year))) return false;
    if (monthDays.length > 0 && !includesPosition(monthDays, monthDay, monthLength(year, month))) return false;
    if (weekdays.length > 0) {
      const [place, length] = isWithinMonth ? [monthDay, monthLength(year, month)] : placeInYear(day, year);
      return weekdays.some(({ weekday, nth }) => weekday === weekdayOf(day) && (nth === 0 || isNth(nth, place, length)));
    }
    if (namesDays || frequency === 'DAILY') return true;
    if (frequency === 'WEEKLY' || weekNumbers.length > 0) return weekdayOf(day) === weekdayOf(start);
    return monthDay === begun.day && (frequency === 'MONTHLY' || months.length > 0 || month === begun.month);
  };
}

function placeInYear(day: number, year: number): [place: number, length: number] {
  const first = dayOf(year, 1, 1) as number;
  return [day - first + 1, (dayOf(year, 12, 31) as number) - first + 1];
}

/** Weeks belong to the year that has most of their days. */
function weekOf(day: number, weekStart: number): [week: number, weeks: number] {
  const first = day - ((weekdayOf(day) - weekStart + 7) % 7);
  const { year } = partsOf(first + 3);
  const weekOne = (at: number) => {
    const fourth = dayOf(at, 1, 4) as number;
    return fourth - ((weekdayOf(fourth) - weekStart + 7) % 7);
  };
  return [(first - weekOne(year)) / 7 + 1, (weekOne(year + 1) - weekOne(year)) / 7];
}

function includesPosition(wanted: readonly number[], place: number, length: number): boolean {
  return wanted.includes(place) || wanted.includes(place - length - 1);
}

function isNth(nth: number, place: number, length: number): boolean {
  return nth > 0 ? Math.ceil(place / 7) === nth : Math.ceil((length - place + 1) / 7) === -nth;
}

function positioned({ positions }: Recurrence, days: readonly number[]): readonly number[] {
  return positions.length === 0 ? days : days.filter((_, index) => includesPosition(positions, index + 1, days.length));
}
