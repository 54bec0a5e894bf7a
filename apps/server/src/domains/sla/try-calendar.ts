import type { Scope } from '../../platform/scope.ts';
import { asCalendar } from './calendars.ts';
import { effectsOn, noEffects, runningClocks, type ClockEffects } from './clock-effects.ts';
import { listPolicies } from './find-settings.ts';
import { measureOf } from './policy.ts';
import { requireCalendar, requireHours, type SaveCalendar } from './save-calendar.ts';
import { requireSlaSettings } from './sla.policy.ts';

/** Calculates what saving business hours and re-applying the policies would do to the clocks that count by them. Changes nothing. */
export function tryCalendar(scope: Scope, given: SaveCalendar): Promise<ClockEffects> {
  return scope.transaction(async (tx) => {
    requireSlaSettings(tx.viewer);
    const calendar = asCalendar(requireHours(given));
    if (!given.id) return noEffects;
    await requireCalendar(tx, given.id);
    const policies = new Map((await listPolicies(tx)).map(({ policy, version }) => [policy.id, version]));
    return effectsOn(tx, await runningClocks(tx, 'c.calendar_id', given.id), ({ policy_id, metric, priority }) => {
      const policy = policies.get(policy_id);
      return policy ? measureOf({ targets: policy.targets, calendar }, metric, priority) : null;
    });
  });
}
