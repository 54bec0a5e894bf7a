import { breachesAt, startClock, type Measure } from '@baton/rules';
import type { Scope } from '../../platform/scope.ts';
import { Team } from '../identity/index.ts';
import { effectsOn, noEffects, runningClocks, type ClockEffects, type RunningClock } from './clock-effects.ts';
import { listPolicies } from './find-settings.ts';
import { choosePolicy, lockTeamHours, measureOf, pinnedNow, type PolicyFacts, type PolicyRules } from './policy.ts';
import { requireValid, type SavePolicy } from './save-policy.ts';
import { SlaMetric, SlaPolicy, type SlaPolicyVersion } from './sla.entity.ts';
import { requireSlaSettings } from './sla.policy.ts';

/** Calculates what saving and re-applying a policy would do to the clocks that run by it. Changes nothing. */
export async function tryPolicy(scope: Scope, given: SavePolicy): Promise<ClockEffects> {
  requireSlaSettings(scope.viewer);
  const { em, workspaceId } = scope;
  const policy = given.id ? await em.findOne(SlaPolicy, { workspaceId, id: given.id }) : null;
  const checked = await requireValid(scope, given, policy?.fallback ?? false);
  if (!policy) return noEffects;
  const rules = { ...checked, policyId: policy.id, version: policy.version + 1 };
  return effectsOn(scope, await runningClocks(scope, 'c.policy_id', policy.id), await measureByTeam(scope, rules));
}

/** How a policy measures clocks, by the business hours of the team of each ticket. */
async function measureByTeam(scope: Scope, rules: PolicyRules): Promise<(row: RunningClock) => Measure> {
  const teams = await scope.em.find(Team, { workspaceId: scope.workspaceId, calendarId: { $ne: null } });
  const usual = await pinnedNow(scope, rules, null);
  const pins = teams.map(async ({ id, calendarId }) => [id, await pinnedNow(scope, rules, calendarId)] as const);
  const ofTeams = new Map(await Promise.all(pins));
  return ({ metric, priority, team_id }) => measureOf(ofTeams.get(team_id ?? '') ?? usual, metric, priority);
}

/** A ticket that is made up, to see what would be promised about it. */
export interface ExampleTicket extends PolicyFacts {
  /** When the promise would begin. */
  readonly at: Date;
}

export interface ExamplePromise {
  readonly metric: SlaMetric;
  readonly targetMs: number;
  readonly dueAt: Date | null;
}

export interface ExampleOutcome {
  /** The policy that would be for it, by name; null where there is none. */
  readonly policy: string | null;
  /** Whether that is the one which is being tried. */
  readonly tried: boolean;
  readonly promises: readonly ExamplePromise[];
}

/** What would be promised about a ticket, if the policy that is given stood among the others. Changes nothing. */
export async function tryExample(scope: Scope, { at, ...facts }: ExampleTicket, given: SavePolicy): Promise<ExampleOutcome> {
  requireSlaSettings(scope.viewer);
  const policies: readonly Candidate[] = await listPolicies(scope);
  const known = policies.find(({ policy }) => policy.id === given.id);
  const checked = await requireValid(scope, given, known?.policy.fallback ?? false);
  const tried: Candidate = {
    policy: { id: given.id ?? '', name: given.name, fallback: known?.policy.fallback ?? false },
    version: { ...checked, policyId: given.id ?? '', version: given.version ?? 0 },
  };
  // A new one is asked last before the fallback, as it will be once it is saved.
  const among = known
    ? policies.map((one) => (one === known ? tried : one))
    : [...policies.filter(({ policy }) => !policy.fallback), tried, ...policies.filter(({ policy }) => policy.fallback)];
  const chosen = choosePolicy(among, facts);
  if (!chosen) return { policy: null, tried: false, promises: [] };
  const policy = await pinnedNow(scope, chosen.version, await lockTeamHours(scope, facts.teamId));
  const promises = Object.values(SlaMetric).flatMap((metric): ExamplePromise[] => {
    const measure = measureOf(policy, metric, facts.priority);
    if (measure.targetMs === null) return [];
    const due = breachesAt(startClock(measure, at.getTime()));
    return [{ metric, targetMs: measure.targetMs, dueAt: due === null ? null : new Date(due) }];
  });
  return { policy: chosen.policy.name, tried: chosen === tried, promises };
}

interface Candidate {
  readonly policy: Pick<SlaPolicy, 'id' | 'name' | 'fallback'>;
  readonly version: PolicyRules & Pick<SlaPolicyVersion, 'conditions'>;
}
