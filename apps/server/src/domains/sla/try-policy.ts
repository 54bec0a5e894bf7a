import { clockState, dueAt, remeasureClock, startClock, type Calendar, type Clock, type Priority } from '@baton/rules';
import type { Scope } from '../../platform/scope.ts';
import { calendarOf } from './calendars.ts';
import { listPolicies } from './find-settings.ts';
import { choosePolicy, measureOf, pinnedNow, type PolicyFacts, type PolicyRules } from './policy.ts';
import { requireValid, type SavePolicy } from './save-policy.ts';
import { SlaMetric, SlaPolicy, type SlaPolicyVersion } from './sla.entity.ts';
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
  const next = await pinnedNow(scope, { ...checked, policyId: policy.id, version: policy.version + 1 });
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
  const policy = await pinnedNow(scope, chosen.version);
  const promises = Object.values(SlaMetric).flatMap((metric): ExamplePromise[] => {
    const measure = measureOf(policy, metric, facts.priority);
    if (measure.targetMs === null) return [];
    const due = dueAt(startClock(measure, at.getTime()));
    return [{ metric, targetMs: measure.targetMs, dueAt: due === null ? null : new Date(due) }];
  });
  return { policy: chosen.policy.name, tried: chosen === tried, promises };
}

interface Candidate {
  readonly policy: Pick<SlaPolicy, 'id' | 'name' | 'fallback'>;
  readonly version: PolicyRules & Pick<SlaPolicyVersion, 'conditions'>;
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
