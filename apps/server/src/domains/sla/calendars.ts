import { dayOf, type Calendar } from '@baton/rules';
import type { Scope } from '../../platform/scope.ts';
import { SlaCalendarVersion } from './sla.entity.ts';
import { zoneOffsets } from './zone-offsets.ts';

/** Which calendar, as a clock is pinned to it; null = round the clock. */
export interface CalendarPin {
  readonly calendarId: string | null;
  readonly calendarVersion: number | null;
}

const kept = 500;
/** Versions never change, so what was read once is good for ever; only the newest few hundred are kept. */
const known = new Map<string, Calendar>();

/** The calendar that a clock counts by. */
export async function calendarOf(scope: Scope, { calendarId, calendarVersion }: CalendarPin): Promise<Calendar | null> {
  if (calendarId === null || calendarVersion === null) return null;
  const key = `${scope.workspaceId} ${calendarId} ${calendarVersion}`;
  const calendar = known.get(key) ?? asCalendar(await findVersion(scope, calendarId, calendarVersion));
  known.delete(key);
  known.set(key, calendar);
  const [oldest] = known.keys();
  if (known.size > kept && oldest !== undefined) known.delete(oldest);
  return calendar;
}

function findVersion({ em, workspaceId }: Scope, calendarId: string, version: number): Promise<SlaCalendarVersion> {
  return em.findOneOrFail(SlaCalendarVersion, { workspaceId, calendarId, version });
}

/** Business hours for the arithmetic of `@baton/rules`. */
export function asCalendar({ timeZone, week, holidays }: Pick<SlaCalendarVersion, 'timeZone' | 'week' | 'holidays'>): Calendar {
  return { offsets: zoneOffsets(timeZone), week, holidays: new Map(holidays.map(({ date, hours }) => [dayOf(date), hours])) };
}
