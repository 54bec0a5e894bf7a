import { loaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { SlaCalendar, SlaCalendarVersion, SlaPolicy, SlaPolicyVersion } from './sla.entity.ts';

/** A name, and what it stands for in one version. */
export interface CalendarAt {
  readonly calendar: SlaCalendar;
  readonly version: SlaCalendarVersion;
}

export interface PolicyAt {
  readonly policy: SlaPolicy;
  readonly version: SlaPolicyVersion;
}

/** The policies in the order in which they are asked. */
export async function listPolicies({ em, workspaceId }: Scope): Promise<PolicyAt[]> {
  const policies = await em.find(SlaPolicy, { workspaceId }, { orderBy: { fallback: 'asc', place: 'asc', id: 'asc' } });
  const versions = await em.find(SlaPolicyVersion, {
    workspaceId,
    $or: policies.map(({ id: policyId, version }) => ({ policyId, version })),
  });
  return policies.flatMap((policy) => {
    const version = versions.find((one) => one.policyId === policy.id && one.version === policy.version);
    return version ? [{ policy, version }] : [];
  });
}

export async function listCalendars({ em, workspaceId }: Scope): Promise<CalendarAt[]> {
  const calendars = await em.find(SlaCalendar, { workspaceId }, { orderBy: { name: 'asc' } });
  const versions = await em.find(SlaCalendarVersion, {
    workspaceId,
    $or: calendars.map(({ id: calendarId, version }) => ({ calendarId, version })),
  });
  return calendars.flatMap((calendar) => {
    const version = versions.find((one) => one.calendarId === calendar.id && one.version === calendar.version);
    return version ? [{ calendar, version }] : [];
  });
}

export const policyById = loaderByKey(
  (source, ids: readonly string[]) => source.em.find(SlaPolicy, { workspaceId: source.workspaceId, id: { $in: [...ids] } }),
  (policy) => policy.id,
);

export const calendarById = loaderByKey(
  (source, ids: readonly string[]) => source.em.find(SlaCalendar, { workspaceId: source.workspaceId, id: { $in: [...ids] } }),
  (calendar) => calendar.id,
);

const calendarVersionByKey = loaderByKey(
  (source, keys: readonly string[]) =>
    source.em.find(SlaCalendarVersion, {
      workspaceId: source.workspaceId,
      $or: keys.map((key) => {
        const [calendarId = '', version] = key.split(':');
        return { calendarId, version: Number(version) };
      }),
    }),
  ({ calendarId, version }) => `${calendarId}:${version}`,
);

/** The calendar that a clock counts by; null = round the clock. */
export async function calendarAt(scope: Scope, calendarId: string | null, version: number | null): Promise<SlaCalendarVersion | null> {
  return calendarId === null ? null : scope.load(calendarVersionByKey, `${calendarId}:${version}`);
}
