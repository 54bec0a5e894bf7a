import { clockState, dueAt, remeasureClock, type Calendar, type Clock, type Priority } from '@baton/rules';
import type { Scope } from '../../platform/scope.ts';
import { calendarOf } from './calendars.ts';
import { measureOf, type PinnedPolicy } from './policy.ts';
import { requireValid, type SavePolicy } from './save-policy.ts';
import { SlaCalendar, SlaPolicy, type SlaMetric } from './sla.entity.ts';
import { requireSlaSettings } from './sla.policy.ts';

/** What a change would do to what runs now, were it applied. */
export interface PolicyEffect {
  readonly running: number;
  readonly earlier: number;
  readonly later: number;
  readonly breaches: number;
}

/** Works out what saving and re-applying a policy would do to the clocks that run by it. Changes nothing. */
export async function tryPolicy(scope: Scope, given: SavePolicy): Promise<PolicyEffect> {
  requireSlaSettings(scope.viewer);
  const { em, workspaceId } = scope;
  const policy = given.id ? await em.findOne(SlaPolicy, { workspaceId, id: given.id }) : null;
  const checked = await requireValid(scope, given, policy?.fallback ?? false);
  const effect = { running: 0, earlier: 0, later: 0, breaches: 0 };
  if (!policy) return effect;
  const calendar = checked.calendarId === null ? null : await em.findOneOrFail(SlaCalendar, { workspaceId, id: checked.calendarId });
  const pin = { calendarId: calendar?.id ?? null, calendarVersion: calendar?.version ?? null };
  const next: PinnedPolicy = {
    ...checked,
    ...pin,
    policyId: policy.id,
    policyVersion: policy.version + 1,
    calendar: await calendarOf(scope, pin),
  };
  const now = scope.now().getTime();
  for (const row of await runningClocks(scope, policy.id)) {
    const before = readingOf(row, await calendarOf(scope, { calendarId: row.calendar_id, calendarVersion: row.calendar_version }));
    const after = remeasureClock(before, measureOf(next, row.metric, row.priority), now);
    if (before.targetMs === null && after.targetMs === null) continue;
    effect.running += 1;
    if (clockState(before) !== 'BREACHED' && clockState(after) === 'BREACHED') effect.breaches += 1;
    const [was, becomes] = [row.due_at ? Number(row.due_at) : Infinity, dueAt(after) ?? Infinity];
    if (becomes < was) effect.earlier += 1;
    if (becomes > was) effect.later += 1;
  }
  return effect;
}

/** As the database has it: there may be a hundred thousand, which nobody wants as objects. Instants are in milliseconds. */
interface RunningClock {
  readonly metric: SlaMetric;
  readonly target_ms: string | null;
  readonly elapsed_ms: string;
  readonly running_since: string;
  readonly due_at: string | null;
  readonly breached_at: string | null;
  readonly calendar_id: string | null;
  readonly calendar_version: number | null;
  readonly priority: Priority;
}

function runningClocks({ em, workspaceId }: Scope, policyId: string): Promise<RunningClock[]> {
  const ms = (column: string) => `(extract(epoch from c.${column}) * 1000)::bigint as ${column}`;
  return em.execute<RunningClock[]>(
    `select c.metric, c.target_ms, c.elapsed_ms, c.calendar_id, c.calendar_version, t.priority,
       ${ms('running_since')}, ${ms('due_at')}, ${ms('breached_at')}
     from sla_clock c join ticket t on t.workspace_id = c.workspace_id and t.id = c.ticket_id
     where c.workspace_id = ? and c.policy_id = ? and c.running_since is not null`,
    [workspaceId, policyId],
  );
}

function readingOf({ target_ms, elapsed_ms, running_since, breached_at }: RunningClock, calendar: Calendar | null): Clock {
  return {
    calendar,
    targetMs: target_ms === null ? null : Number(target_ms),
    elapsedMs: Number(elapsed_ms),
    runningSince: Number(running_since),
    breachedAt: breached_at === null ? null : Number(breached_at),
    stoppedAt: null,
    cancelledAt: null,
  };
}
