import { LockMode } from '@mikro-orm/core';
import { limits, type DayHours } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import { StillInUse } from '../../kernel/settings-error.ts';
import { cutText } from '../../kernel/text.ts';
import { requireFreeName } from '../../platform/free-names.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import {
  madeAnew,
  reviseSetting,
  settingCreated,
  settingDeleted,
  type MadeAs,
  type Setting,
  type SettingState,
} from '../../platform/setting-versions.ts';
import { Team } from '../identity/index.ts';
import { SlaCalendar, SlaCalendarVersion, SlaPolicy, SlaPolicyVersion, type Holiday } from './sla.entity.ts';
import { SlaCalendarNotFound } from './sla.errors.ts';
import { requireSlaSettings } from './sla.policy.ts';
import { requireTimeZone } from './zone-offsets.ts';

const minutesOfDay = 24 * 60;
const mostHolidays = 1000;

export interface SaveCalendar {
  /** Of the calendar that is changed, and the version it was changed from; none for a new one. */
  readonly id?: string | null | undefined;
  readonly version?: number | null | undefined;
  readonly name: string;
  readonly timeZone: string;
  /** Monday to Sunday. */
  readonly week: readonly (readonly DayHours[])[];
  readonly holidays: readonly Holiday[];
  readonly message?: string | null | undefined;
}

/** What a save of a calendar takes, its version and the words about the save left out. */
export type CalendarState = Omit<SaveCalendar, 'id' | 'version' | 'message'>;

const calendarSetting: Setting<SlaCalendar> = {
  kind: 'SLA_CALENDAR',
  async stateOf({ id: calendarId, name, version }, { em, workspaceId }): Promise<CalendarState & SettingState> {
    const { timeZone, week, holidays } = await em.findOneOrFail(SlaCalendarVersion, { workspaceId, calendarId, version });
    return { name, timeZone, week, holidays };
  },
};

/** Saves a calendar as its next version. What runs by an earlier one goes on by it. */
export function saveCalendar(scope: Scope, given: SaveCalendar, { id, version }: MadeAs = madeAnew()): Promise<SlaCalendar> {
  return scope.transaction(async (tx) => {
    requireSlaSettings(tx.viewer);
    const calendar = given.id ? await requireCalendar(tx, given.id) : null;
    const hours = requireHours(given);
    const name = await requireFreeName(tx, { table: 'sla_calendar' }, given.name, given.id ?? null);
    const saved = calendar ?? tx.em.create(SlaCalendar, { workspaceId: tx.workspaceId, id, name, version });
    const write = async (as: number) => {
      saved.name = name;
      await tx.em.flush();
      await tx.em.insert(SlaCalendarVersion, {
        workspaceId: tx.workspaceId,
        calendarId: saved.id,
        version: as,
        ...hours,
        savedById: tx.viewer.kind === 'MEMBER' ? tx.viewer.memberId : null,
        savedAt: tx.now(),
        message: cutText(given.message?.trim() ?? '', limits.subject),
      });
    };
    if (calendar) {
      const change = () => write(calendar.version + 1);
      const revision = { thing: calendar, version: given.version ?? 0, change, wanted: { name, ...hours } };
      if (!(await reviseSetting(tx, calendarSetting, revision))) return calendar;
    } else {
      await write(saved.version);
      await settingCreated(tx, calendarSetting, saved);
    }
    await recordSecurity(tx, SecurityEventKind.SLA_CHANGED, { details: { calendar: name, version: saved.version } });
    return saved;
  });
}

/** Deletes a calendar by which no policy counts. Clocks that ran by it keep their ledgers, so it must never have been used. */
export function deleteCalendar(scope: Scope, id: string): Promise<SlaCalendar> {
  return scope.transaction(async (tx) => {
    requireSlaSettings(tx.viewer);
    const calendar = await requireCalendar(tx, id);
    const user = await tx.em.findOne(SlaPolicyVersion, { workspaceId: tx.workspaceId, calendarId: id });
    const policy = user && (await tx.em.findOne(SlaPolicy, { workspaceId: tx.workspaceId, id: user.policyId }));
    if (policy)
      throw new StillInUse(`The policy "${policy.name}" counts by "${calendar.name}", or did. Calendars that were used stay.`, 'id');
    const team = await tx.em.findOne(Team, { workspaceId: tx.workspaceId, calendarId: id });
    if (team) throw new StillInUse(`The team "${team.name}" uses "${calendar.name}". Choose other business hours for it first.`, 'id');
    await settingDeleted(tx, calendarSetting, calendar);
    await tx.em.nativeDelete(SlaCalendar, { workspaceId: tx.workspaceId, id });
    await recordSecurity(tx, SecurityEventKind.SLA_CHANGED, { details: { calendar: calendar.name, deleted: true } });
    return calendar;
  });
}

export async function requireCalendar(tx: Scope, id: string): Promise<SlaCalendar> {
  const where = { workspaceId: tx.workspaceId, id };
  const calendar = isId(id) ? await tx.em.findOne(SlaCalendar, where, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (!calendar) throw new SlaCalendarNotFound();
  return calendar;
}

/** What of a calendar may be saved, or tried. */
export function requireHours({ timeZone, week, holidays }: SaveCalendar): Pick<SlaCalendarVersion, 'timeZone' | 'week' | 'holidays'> {
  requireTimeZone(timeZone);
  if (week.length !== 7) throw new InvalidInput(`A week has seven days; ${week.length} were given.`, 'week');
  if (week.every((hours) => hours.length === 0))
    throw new InvalidInput('No day is open, so no target would ever be reached. Open one.', 'week');
  if (holidays.length > mostHolidays) throw new InvalidInput(`A calendar has at most ${mostHolidays} holidays.`, 'holidays');
  const dates = new Set<string>();
  for (const { date } of holidays) {
    if (!isDate(date)) throw new InvalidInput(`"${date}" is no date. Write it as 2026-12-25.`, 'holidays');
    if (dates.has(date)) throw new InvalidInput(`${date} stands twice among the holidays. Leave one out.`, 'holidays');
    dates.add(date);
  }
  return {
    timeZone,
    week: week.map((hours) => requireDay('week', hours)),
    holidays: holidays
      .map(({ date, name, hours }) => ({ date, name: cutText(name.trim(), limits.name), hours: requireDay('holidays', hours) }))
      .sort((a, b) => a.date.localeCompare(b.date)),
  };
}

/** Hours in order and apart from each other, within one day. */
function requireDay(field: string, hours: readonly DayHours[]): DayHours[] {
  const sorted = hours.map(({ from, to }) => ({ from, to })).sort((a, b) => a.from - b.from);
  sorted.forEach(({ from, to }, index) => {
    const written = `${asTime(from)} to ${asTime(to)}`;
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to > minutesOfDay || from >= to) {
      throw new InvalidInput(`${written} are no hours of one day. Begin before the end, within 00:00 and 24:00.`, field);
    }
    const before = sorted[index - 1];
    if (before && before.to > from)
      throw new InvalidInput(`${asTime(before.from)} to ${asTime(before.to)} and ${written} overlap. Make them one.`, field);
  });
  return sorted;
}

function asTime(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function isDate(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
