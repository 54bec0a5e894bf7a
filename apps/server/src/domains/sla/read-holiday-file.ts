import { parseInput } from '../../platform/parsing/parse-input.ts';
import type { Scope } from '../../platform/scope.ts';
import type { HolidaysRead, HolidayYears } from './read-holidays.ts';
import { requireSlaSettings } from './sla.policy.ts';

const limits = { timeMs: 2000, input: 1024 * 1024, output: 4 * 1024 * 1024 };

/** Reads the holidays of an iCalendar file for review. Stores nothing. */
export async function readHolidayFile(
  { viewer }: Scope,
  { ical, fromYear, toYear }: HolidayYears & { readonly ical: string },
): Promise<HolidaysRead> {
  requireSlaSettings(viewer);
  return parseInput<HolidaysRead>({
    parser: 'holidays',
    text: ical,
    options: { fromYear, toYear } satisfies HolidayYears,
    limits,
    field: 'ical',
    what: 'file',
  });
}
