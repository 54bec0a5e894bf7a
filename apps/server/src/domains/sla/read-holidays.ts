import ICAL from 'ical.js';
import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import type { Holiday } from './sla.entity.ts';

const mostBytes = 1024 * 1024;
const mostOccurrences = 20_000;

/**
 * The holidays of an iCalendar file (RFC 5545) from one year to another, with those that repeat: its events of whole
 * days. An event of several days is as many holidays.
 */
export function readHolidays(text: string, fromYear: number, toYear: number): Holiday[] {
  if (text.length > mostBytes) throw new InvalidInput('The file is larger than 1 MiB. Take the part with the holidays.', 'ical');
  if (fromYear > toYear || toYear - fromYear > 20)
    throw new InvalidInput('Ask for at most twenty years, the first before the last.', 'toYear');
  const found = new Map<string, Holiday>();
  for (const event of eventsOf(text)) {
    if (!event.startDate.isDate) continue;
    const days = Math.max(1, Math.round(event.duration.toSeconds() / 86_400));
    const iterator = event.iterator();
    for (let count = 0; count < mostOccurrences; count++) {
      const start = iterator.next();
      if (!start || start.year > toYear) break;
      for (let day = 0; day < days; day++) {
        const date = new Date(Date.UTC(start.year, start.month - 1, start.day + day)).toISOString().slice(0, 10);
        const year = Number(date.slice(0, 4));
        if (year >= fromYear && year <= toYear)
          found.set(date, { date, name: String(event.summary ?? '').slice(0, limits.name), hours: [] });
      }
    }
  }
  return [...found.values()].sort((a, b) => a.date.localeCompare(b.date));
}

function eventsOf(text: string): ICAL.Event[] {
  try {
    return new ICAL.Component(ICAL.parse(text) as unknown[]).getAllSubcomponents('vevent').map((part) => new ICAL.Event(part));
  } catch {
    throw new InvalidInput('This is no iCalendar file. Give one that begins with BEGIN:VCALENDAR.', 'ical');
  }
}
