import { clockState, dueAt, remeasureClock } from '@baton/rules';
import type { Scope } from '../../platform/scope.ts';
import { calendarOf } from './calendars.ts';
import { measureOf, type PinnedPolicy } from './policy.ts';
import { requireValid, type SavePolicy } from './save-policy.ts';
import { SlaCalendar, SlaClock, SlaPolicy } from './sla.entity.ts';
import { requireSlaSettings } from './sla.policy.ts';
import type { Priority } from '@baton/rules';

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
  const clocks = await em.find(SlaClock, { workspaceId, policyId: policy.id, runningSince: { $ne: null } });
  const priorityOf = await prioritiesOf(scope, policy.id);
  const now = scope.now().getTime();
  for (const clock of clocks) {
    const before = clock.reading(await calendarOf(scope, clock));
    const after = remeasureClock(before, measureOf(next, clock.metric, priorityOf.get(clock.ticketId) ?? 'NORMAL'), now);
    if (before.targetMs === null && after.targetMs === null) continue;
    effect.running += 1;
    if (clockState(before) !== 'BREACHED' && clockState(after) === 'BREACHED') effect.breaches += 1;
    const [was, becomes] = [dueAt(before) ?? Infinity, dueAt(after) ?? Infinity];
    if (becomes < was) effect.earlier += 1;
    if (becomes > was) effect.later += 1;
  }
  return effect;
}

async function prioritiesOf({ em, workspaceId }: Scope, policyId: string): Promise<Map<string, Priority>> {
  const rows: { id: string; priority: Priority }[] = await em.execute(
    `select t.id, t.priority from ticket t where t.workspace_id = ? and t.id in
       (select c.ticket_id from sla_clock c where c.workspace_id = ? and c.policy_id = ? and c.running_since is not null)`,
    [workspaceId, workspaceId, policyId],
  );
  return new Map(rows.map(({ id, priority }) => [id, priority]));
}
