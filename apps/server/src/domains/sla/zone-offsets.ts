import type { ZoneOffset } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { Temporal } from 'temporal-polyfill';

const firstYear = 2000;
/** Rules that far ahead are today's, and no clock runs so long. */
const lastYear = 2050;
const known = new Map<string, readonly ZoneOffset[]>();

/** What a zone's clocks are ahead of UTC, and when they change, from the platform's copy of the time zone database. */
export function zoneOffsets(timeZone: string): readonly ZoneOffset[] {
  const offsets = known.get(timeZone) ?? read(timeZone);
  known.set(timeZone, offsets);
  return offsets;
}

function isTimeZone(name: string): boolean {
  try {
    zoneOffsets(name);
    return true;
  } catch {
    return false;
  }
}

export function requireTimeZone(name: string): void {
  // An offset is no zone: it knows no summer, and databases read its sign the other way round.
  if (/^[+-]/.test(name) || !isTimeZone(name)) throw new InvalidInput(`"${name}" is no time zone. Write it as Europe/Kyiv.`, 'timeZone');
}

function read(timeZone: string): ZoneOffset[] {
  const end = Temporal.ZonedDateTime.from({ timeZone, year: lastYear, month: 1, day: 1 });
  const offsets: ZoneOffset[] = [];
  let at: Temporal.ZonedDateTime | null = Temporal.ZonedDateTime.from({ timeZone, year: firstYear, month: 1, day: 1 });
  while (at && Temporal.ZonedDateTime.compare(at, end) < 0) {
    offsets.push({ from: at.epochMilliseconds, offsetMs: at.offsetNanoseconds / 1e6 });
    at = at.getTimeZoneTransition('next');
  }
  return offsets;
}
