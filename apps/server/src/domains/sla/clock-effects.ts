import { readClock, remeasureClock, type Clock, type Measure, type Priority } from '@baton/rules';
import type { Scope } from '../../platform/scope.ts';
import { calendarOf, type CalendarPin } from './calendars.ts';
import type { SlaMetric } from './sla.entity.ts';

/** What a change of settings would do to the clocks that run now. Each changed clock counts in one figure. */
export interface ClockEffects {
  readonly running: number;
  readonly earlier: number;
  readonly later: number;
  /** Would breach immediately. */
  readonly breaches: number;
}

export const noEffects: ClockEffects = { running: 0, earlier: 0, later: 0, breaches: 0 };

/** A row of `sla_clock`; there may be a hundred thousand. Instants are milliseconds since the epoch. */
export interface RunningClock {
  readonly metric: SlaMetric;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly target_ms: string | null;
  readonly elapsed_ms: string;
  readonly running_since: string;
  readonly overdue_since: string | null;
  readonly breached_at: string | null;
  readonly calendar_id: string | null;
  readonly calendar_version: number | null;
  readonly priority: Priority;
  readonly team_id: string | null;
}

export function runningClocks(
  { em, workspaceId }: Scope,
  by: 'c.policy_id' | 'c.calendar_id' | 't.team_id',
  id: string,
): Promise<RunningClock[]> {
  const ms = (column: string) => `(extract(epoch from c.${column}) * 1000)::bigint as ${column}`;
  return em.execute<RunningClock[]>(
    `select c.metric, c.policy_id, c.policy_version, c.target_ms, c.elapsed_ms, c.calendar_id, c.calendar_version, t.priority, t.team_id,
       ${ms('running_since')}, ${ms('overdue_since')}, ${ms('breached_at')}
     from sla_clock c join ticket t on t.workspace_id = c.workspace_id and t.id = c.ticket_id
     where c.workspace_id = ? and ${by} = ? and c.running_since is not null`,
    [workspaceId, id],
  );
}

/** Compares each clock with what it would be if it were measured in another way. */
export async function effectsOn(
  scope: Scope,
  rows: readonly RunningClock[],
  measureFor: (row: RunningClock) => Measure | null,
): Promise<ClockEffects> {
  const effects = { ...noEffects } as { -readonly [Figure in keyof ClockEffects]: number };
  const at = scope.now().getTime();
  for (const row of rows) {
    const measure = measureFor(row);
    if (!measure) continue;
    const clock = await asClock(scope, row);
    const [before, after] = [readClock(clock, at), readClock(remeasureClock(clock, measure, at, []), at)];
    if (before.dueAt === null && after.dueAt === null) continue;
    effects.running += 1;
    const [was, becomes] = [before.dueAt ?? Infinity, after.dueAt ?? Infinity];
    if (before.state !== 'BREACHED' && after.state === 'BREACHED') effects.breaches += 1;
    else if (before.state === 'BREACHED' && after.state === 'BREACHED') continue;
    else if (becomes < was) effects.earlier += 1;
    else if (becomes > was) effects.later += 1;
  }
  return effects;
}

async function asClock(scope: Scope, row: RunningClock): Promise<Clock> {
  const pin: CalendarPin = { calendarId: row.calendar_id, calendarVersion: row.calendar_version };
  const instant = (text: string | null) => (text === null ? null : Number(text));
  return {
    calendar: await calendarOf(scope, pin),
    targetMs: instant(row.target_ms),
    elapsedMs: Number(row.elapsed_ms),
    runningSince: Number(row.running_since),
    overdueSince: instant(row.overdue_since),
    breachedAt: instant(row.breached_at),
    stoppedAt: null,
    cancelledAt: null,
  };
}
