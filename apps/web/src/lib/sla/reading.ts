import { dayOf, type Calendar, type Clock } from '@baton/rules';
import type { SlaCalendarVersionFragment, SlaClockFragment } from '#lib/graphql/generated/graphql.ts';

const instant = (text: string | null) => (text === null ? null : Date.parse(text));
const calendars = new Map<string, Calendar>();

/** A calendar as the rules count by it. Versions never change, so each is made once. */
function asCalendar({ id, offsets, week, holidays }: SlaCalendarVersionFragment): Calendar {
  const calendar = calendars.get(id) ?? { offsets, week, holidays: new Map(holidays.map(({ date, hours }) => [dayOf(date), hours])) };
  calendars.set(id, calendar);
  return calendar;
}

/** A clock for the arithmetic of `@baton/rules`, which the server uses too. */
export function asClock(clock: SlaClockFragment): Clock & { readonly targetMs: number } {
  return {
    targetMs: clock.targetMs,
    calendar: clock.calendar ? asCalendar(clock.calendar) : null,
    elapsedMs: clock.elapsedMs,
    runningSince: instant(clock.runningSince),
    stoppedAt: instant(clock.stoppedAt),
    overdueSince: instant(clock.overdueSince),
    breachedAt: instant(clock.breachedAt),
    cancelledAt: clock.state === 'CANCELLED' ? 0 : null,
  };
}
