import { RowFault } from './row-fault.ts';

const pattern = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)? ?(Z|UTC|[+-]\d{2}:?\d{2})?$/i;
const earliest = Date.UTC(1970, 0, 1);
const dayMs = 86_400_000;

/** ISO 8601, or a day and a time with a space between them; without a zone it is UTC. */
export function readDate(what: string, text: string | null, now: Date): Date | null {
  if (text === null) return null;
  const instant = instantOf(text);
  if (instant === null) throw new RowFault(`the ${what} date "${text}" is not understood; write it as 2026-05-31 14:05:00 or in ISO 8601`);
  // The clock of the other help desk may be fast, but not by more than a day.
  if (instant < earliest || instant > now.getTime() + dayMs)
    throw new RowFault(`the ${what} date "${text}" is before 1970 or in the future`);
  return new Date(instant);
}

/** Null for what is no instant: `Date` would turn 30 February into 2 March. */
function instantOf(text: string): number | null {
  const [whole, ...parts] = pattern.exec(text) ?? [];
  if (whole === undefined) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(0, 6).map((part) => Number(part ?? 0));
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null;
  const offset = offsetMinutes(parts[7] ?? 'Z');
  if (hour > 23 || minute > 59 || second > 59 || offset === null) return null;
  const ms = Number((parts[6] ?? '').padEnd(3, '0').slice(0, 3));
  return Date.UTC(year, month - 1, day, hour, minute - offset, second, ms);
}

function offsetMinutes(zone: string): number | null {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  if (Number(hours) > 14 || Number(minutes) > 59) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
