import ICAL from 'ical.js';
import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { cutText } from '../../kernel/text.ts';
import { dayOf, isoOf } from './calendar-day.ts';
import { readEvents, type IcalEvent, type IcalProperty } from './ical-lines.ts';
import { Budget, BudgetSpent, expand, type Recurrence } from './recurrence.ts';
import type { Holiday } from './sla.entity.ts';

export interface HolidayYears {
  readonly fromYear: number;
  readonly toYear: number;
}

/** An entry of the file that is not among the holidays, or not as the file has it, and why. */
export interface HolidayProblem {
  readonly line: number;
  readonly name: string;
  readonly reason: string;
}

export interface HolidaysRead {
  readonly holidays: readonly Holiday[];
  /** In the order of the file; at most `mostProblems`. */
  readonly problems: readonly HolidayProblem[];
  readonly problemCount: number;
}

const mostYears = 20;
const mostProblems = 100;
/** Days and periods looked at for a whole file: 20 years of a thousand yearly and a hundred daily events take less. */
const mostSteps = 3_000_000;

/**
 * The whole-day events of an iCalendar file (RFC 5545) in some years as holidays, the recurring ones expanded. An event of
 * several days is as many holidays. What cannot be read is reported entry by entry.
 */
export function readHolidays(text: string, { fromYear, toYear }: HolidayYears): HolidaysRead {
  if (fromYear < 1 || toYear > 9999 || fromYear > toYear || toYear - fromYear > mostYears)
    throw new InvalidInput(
      `Invalid years: ${fromYear} to ${toYear}. Allowed: at most ${mostYears} years, the first before the last.`,
      'toYear',
    );
  const events = readEvents(text);
  if (!events) throw new InvalidInput('The file is not an iCalendar file. Choose a file that contains BEGIN:VCALENDAR.', 'ical');
  try {
    return new HolidayReader(dayOf(fromYear, 1, 1) as number, dayOf(toYear, 12, 31) as number).read(events);
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error;
    throw new InvalidInput(
      'The file has too many recurring events to expand. Ask for fewer years, or remove events that are not holidays.',
      'ical',
    );
  }
}

/** What an entry says that cannot be used. */
class EntryFault extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

interface WholeDays {
  readonly start: number;
  readonly length: number;
}

class HolidayReader {
  readonly #names = new Map<number, Set<string>>();
  readonly #problems: HolidayProblem[] = [];
  readonly #budget = new Budget(mostSteps);

  constructor(
    private readonly from: number,
    private readonly to: number,
  ) {}

  read(events: readonly IcalEvent[]): HolidaysRead {
    const replaced = this.#replacedDays(events);
    for (const event of events) {
      for (const { line, text } of event.unreadable) this.#report(line, event, `Line ${line} is not "NAME:value": ${shown(text)}.`);
      this.#attempt(event, () => this.#readEvent(event, replaced));
    }
    const days = [...this.#names].sort(([a], [b]) => a - b);
    return {
      holidays: days.map(([day, names]) => ({ date: isoOf(day), name: cutText([...names].join(', '), limits.name), hours: [] })),
      problems: this.#problems.sort((a, b) => a.line - b.line).slice(0, mostProblems),
      problemCount: this.#problems.length,
    };
  }

  /** By UID, the days of recurring events that another event of the file takes the place of. */
  #replacedDays(events: readonly IcalEvent[]): ReadonlyMap<string, ReadonlySet<number>> {
    const replaced = new Map<string, Set<number>>();
    for (const event of events) {
      const id = valueOf(event, 'RECURRENCE-ID');
      if (!id) continue;
      const day = readDay(id.value)?.day;
      const uid = valueOf(event, 'UID')?.value ?? '';
      if (day !== undefined) replaced.set(uid, (replaced.get(uid) ?? new Set()).add(day));
    }
    return replaced;
  }

  #readEvent(event: IcalEvent, replaced: ReadonlyMap<string, ReadonlySet<number>>): void {
    if (!event.isWhole) throw new EntryFault(event.line, 'The event has no END:VEVENT. The file may be cut off.');
    if (valueOf(event, 'STATUS')?.value.toUpperCase() === 'CANCELLED') return;
    const days = readWholeDays(event);
    if (!days) throw new EntryFault(event.line, 'The event does not last whole days.');
    const isReplacement = valueOf(event, 'RECURRENCE-ID') !== undefined;
    const taken = isReplacement ? new Set<number>() : (replaced.get(valueOf(event, 'UID')?.value ?? '') ?? new Set());
    const excluded = new Set([...taken, ...this.#listedDays(event, 'EXDATE')]);
    for (const start of this.#startsOf(event, days, isReplacement)) if (!excluded.has(start)) this.#add(event, start, days.length);
  }

  *#startsOf(event: IcalEvent, { start, length }: WholeDays, isReplacement: boolean): Generator<number> {
    const from = Math.max(start, this.from - length + 1);
    const rules = isReplacement
      ? []
      : event.properties.filter(({ name }) => name === 'RRULE').flatMap((rule) => this.#readRule(event, rule));
    if (rules.length === 0) yield start;
    for (const rule of rules) yield* expand(rule, start, from, this.to, this.#budget);
    if (!isReplacement) yield* this.#listedDays(event, 'RDATE');
  }

  /** An event whose rule cannot be read still has its first day. */
  #readRule(event: IcalEvent, rule: IcalProperty): Recurrence[] {
    return this.#attempt(event, () => [readRecurrence(rule, startsAtTime(event))]) ?? [];
  }

  #listedDays(event: IcalEvent, name: string): number[] {
    return event.properties
      .filter((property) => property.name === name)
      .flatMap(({ line, value }) =>
        value.split(',').flatMap((one) => {
          const day = readDay(one.split('/')[0] ?? '')?.day;
          if (day === undefined) this.#report(line, event, `${name} has the invalid date ${shown(one)}.`);
          return day ?? [];
        }),
      );
  }

  #add(event: IcalEvent, start: number, length: number): void {
    const name = unescaped(valueOf(event, 'SUMMARY')?.value ?? '');
    const last = Math.min(start + length - 1, this.to);
    for (let day = Math.max(start, this.from); day <= last; day++) {
      this.#budget.spend(1);
      const names = this.#names.get(day) ?? new Set();
      if (name !== '') names.add(name);
      this.#names.set(day, names);
    }
  }

  #attempt<Result>(event: IcalEvent, work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof EntryFault)) throw error;
      this.#report(error.line, event, error.message);
      return undefined;
    }
  }

  #report(line: number, event: IcalEvent, reason: string): void {
    this.#problems.push({ line, name: cutText(unescaped(valueOf(event, 'SUMMARY')?.value ?? ''), limits.name), reason });
  }
}

function valueOf(event: IcalEvent, name: string): IcalProperty | undefined {
  return event.properties.find((property) => property.name === name);
}

function startsAtTime(event: IcalEvent): boolean {
  return valueOf(event, 'DTSTART')?.value.includes('T') ?? false;
}

/** Null for an event that begins or ends within a day. */
function readWholeDays(event: IcalEvent): WholeDays | null {
  const start = requireDay(event, valueOf(event, 'DTSTART'), 'DTSTART');
  const endProperty = valueOf(event, 'DTEND');
  const end = endProperty && requireDay(event, endProperty, 'DTEND');
  const seconds = readDuration(event);
  if (start.seconds === null) return { start: start.day, length: Math.max(1, end ? end.day - start.day : Math.ceil(seconds / 86_400)) };
  const length = end ? end.day - start.day + ((end.seconds ?? 0) - start.seconds) / 86_400 : seconds / 86_400;
  const isAllDay = valueOf(event, 'X-MICROSOFT-CDO-ALLDAYEVENT')?.value.toUpperCase() === 'TRUE';
  if (!isAllDay && (start.seconds !== 0 || length < 1 || !Number.isInteger(length))) return null;
  return { start: start.day, length: Math.max(1, Math.round(length)) };
}

function requireDay(event: IcalEvent, property: IcalProperty | undefined, name: string): ReturnType<typeof readDay> & object {
  if (!property) throw new EntryFault(event.line, `The event has no ${name}.`);
  const day = readDay(property.value);
  if (!day) throw new EntryFault(property.line, `${name} has the invalid date ${shown(property.value)}.`);
  return day;
}

function readDuration(event: IcalEvent): number {
  const property = valueOf(event, 'DURATION');
  if (!property) return 0;
  try {
    return ICAL.Duration.fromString(property.value).toSeconds();
  } catch {
    throw new EntryFault(property.line, `DURATION has the invalid value ${shown(property.value)}.`);
  }
}

/** The day as it is written, in whatever time zone; `seconds` since its midnight, null for a date without a time. */
function readDay(text: string): { readonly day: number; readonly seconds: number | null } | null {
  const [, year, month, date, time, hours, minutes, seconds] =
    /^(\d{4})(\d{2})(\d{2})(T(\d{2})(\d{2})(\d{2})Z?)?$/i.exec(text.trim()) ?? [];
  const day = dayOf(Number(year), Number(month), Number(date));
  if (year === undefined || day === null || Number(year) === 0) return null;
  if (time === undefined) return { day, seconds: null };
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return null;
  return { day, seconds: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) };
}

const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

function readRecurrence({ line, value }: IcalProperty, startsAt: boolean): Recurrence {
  const fault = (reason: string) => new EntryFault(line, `RRULE ${shown(value)} is not valid: ${reason}. Only the first day was read.`);
  let recur: ICAL.Recur;
  try {
    recur = ICAL.Recur.fromString(value);
  } catch (error) {
    throw fault((error as Error).message);
  }
  const { freq, interval, count, until, wkst, parts } = recur;
  if (!isFrequency(freq)) throw fault(freq ? `FREQ=${freq} repeats within a day` : 'FREQ is missing');
  const numbers = (part: string) => ((parts as Record<string, unknown[]>)[part] ?? []).map(Number);
  const lists = ['BYMONTH', 'BYWEEKNO', 'BYYEARDAY', 'BYMONTHDAY', 'BYSETPOS'].map(numbers);
  if (lists.flat().some((number) => !Number.isInteger(number))) throw fault('a number is expected');
  const [months = [], weekNumbers = [], yearDays = [], monthDays = [], positions = []] = lists;
  return {
    frequency: freq,
    interval: Math.max(1, interval),
    count: count ?? null,
    until: until ? lastDay(until, startsAt) : null,
    weekStart: wkst - 1,
    months,
    weekNumbers,
    yearDays,
    monthDays,
    positions,
    weekdays: ((parts as Record<string, string[]>).BYDAY ?? []).map((text) => {
      const [, nth, name = ''] = /^([+-]?\d+)?([A-Z]{2})$/.exec(text) ?? [];
      const weekday = weekdays.indexOf(name);
      if (weekday < 0) throw fault(`BYDAY=${text} is not a weekday`);
      return { weekday, nth: Number(nth ?? 0) };
    }),
  };
}

function isFrequency(word: string | null): word is Recurrence['frequency'] {
  return word === 'DAILY' || word === 'WEEKLY' || word === 'MONTHLY' || word === 'YEARLY';
}

/** UNTIL is in UTC where the event begins at midnight of its time zone, so the nearest midnight is meant. */
function lastDay({ year, month, day, hour, isDate }: ICAL.Time, startsAt: boolean): number | null {
  const last = dayOf(year, month, day);
  return last !== null && startsAt && !isDate && hour >= 12 ? last + 1 : last;
}

function unescaped(text: string): string {
  return text
    .replace(/\\([nN,;\\])/g, (_whole, sign: string) => (sign.toLowerCase() === 'n' ? ' ' : sign))
    .replace(/\s+/g, ' ')
    .trim();
}

function shown(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}
