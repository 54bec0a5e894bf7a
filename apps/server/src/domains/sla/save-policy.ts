import { LockMode } from '@mikro-orm/core';
import { limits, priorities } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { isId, newId } from '../../kernel/id.ts';
import { cutText, requireLine } from '../../kernel/text.ts';
import { requireFreeName } from '../../platform/free-names.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { recordSettingChange, reviseSetting, settingCreated, type Setting, type SettingState } from '../../platform/setting-versions.ts';
import { Member, Team } from '../identity/index.ts';
import { isConditional } from './policy.ts';
import {
  EscalationMoment,
  SlaCalendar,
  SlaMetric,
  SlaPolicy,
  SlaPolicyVersion,
  TargetUnit,
  StepAction,
  type Conditions,
  type EscalationStep,
  type PolicyOptions,
  type Targets,
  type WarningRule,
} from './sla.entity.ts';
import { SlaCalendarNotFound, SlaPolicyNotFound } from './sla.errors.ts';
import { requireSlaSettings } from './sla.policy.ts';

/** Ten years: more is a slip of the finger. */
const mostMinutes = 10 * 366 * 24 * 60;
const minutesOf: Record<TargetUnit, number> = { MINUTES: 1, HOURS: 60, DAYS: 24 * 60 };

export interface SavePolicy {
  /** Of the policy that is changed, and the version it was changed from; none for a new one. */
  readonly id?: string | null | undefined;
  readonly version?: number | null | undefined;
  readonly name: string;
  readonly conditions: Conditions;
  readonly calendarId?: string | null | undefined;
  readonly targets: Targets;
  readonly warning: WarningRule;
  readonly steps?: readonly EscalationStep[] | null | undefined;
  readonly options?: PolicyOptions | null | undefined;
  readonly message?: string | null | undefined;
}

/** What a save of a policy takes, its version and the words about the save left out. */
export type PolicyState = Omit<SavePolicy, 'id' | 'version' | 'message'>;

const policySetting: Setting<SlaPolicy> = {
  kind: 'SLA_POLICY',
  async stateOf({ id: policyId, name, version }, { em, workspaceId }): Promise<PolicyState & SettingState> {
    const { conditions, calendarId, targets, warning, steps, options } = await em.findOneOrFail(SlaPolicyVersion, {
      workspaceId,
      policyId,
      version,
    });
    return { name, conditions, calendarId, targets, warning, steps, options };
  },
};

/** Saves a policy as its next version, a new one before the fallback. What runs by an earlier version goes on by it. */
export function savePolicy(scope: Scope, given: SavePolicy): Promise<SlaPolicy> {
  return scope.transaction(async (tx) => {
    requireSlaSettings(tx.viewer);
    const { workspaceId, em } = tx;
    const policy = given.id ? await requirePolicy(tx, given.id) : null;
    const name = await requireFreeName(tx, { table: 'sla_policy' }, given.name, given.id ?? null);
    const [last] = await em.find(SlaPolicy, { workspaceId, fallback: false }, { orderBy: { place: 'desc' }, limit: 1 });
    const fresh = { workspaceId, id: newId(), name, place: (last?.place ?? -1) + 1, fallback: false, version: 1 };
    const unapplied = { appliedVersion: null, appliedCalendars: null };
    const saved = policy ?? em.create(SlaPolicy, { ...fresh, ...unapplied });
    const checked = await requireValid(tx, given, saved.fallback);
    const write = async (version: number) => {
      saved.name = name;
      await em.flush();
      await em.insert(SlaPolicyVersion, {
        workspaceId,
        policyId: saved.id,
        version,
        ...checked,
        savedById: tx.viewer.kind === 'MEMBER' ? tx.viewer.memberId : null,
        savedAt: tx.now(),
        message: cutText(given.message?.trim() ?? '', limits.subject),
      });
    };
    if (policy) {
      const change = () => write(policy.version + 1);
      const revision = { thing: policy, version: given.version ?? 0, change, wanted: { name, ...checked } };
      if (!(await reviseSetting(tx, policySetting, revision))) return policy;
    } else {
      await write(saved.version);
      await settingCreated(tx, policySetting, saved);
    }
    await recordSecurity(tx, SecurityEventKind.SLA_CHANGED, { details: { policy: name, version: saved.version } });
    return saved;
  });
}

/** Puts the policies in order: the first that matches applies. The fallback is asked last, wherever it stands. */
export function orderPolicies(scope: Scope, ids: readonly string[]): Promise<SlaPolicy[]> {
  return scope.transaction(async (tx) => {
    requireSlaSettings(tx.viewer);
    const policies = await tx.em.find(SlaPolicy, { workspaceId: tx.workspaceId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (ids.length !== policies.length || !policies.every(({ id }) => ids.includes(id))) {
      throw new InvalidInput('Name every policy once. Somebody may have added one meanwhile; load the list again.', 'ids');
    }
    if (policies.every(({ id, place }) => place === ids.indexOf(id))) return policies.toSorted((a, b) => a.place - b.place);
    for (const policy of policies) policy.place = ids.indexOf(policy.id);
    await recordSecurity(tx, SecurityEventKind.SLA_CHANGED, { details: { order: 'policies' } });
    recordSettingChange(tx, 'SLA_POLICY', null);
    return policies.toSorted((a, b) => a.place - b.place);
  });
}

export async function requirePolicy(tx: Scope, id: string): Promise<SlaPolicy> {
  const where = { workspaceId: tx.workspaceId, id };
  const policy = isId(id) ? await tx.em.findOne(SlaPolicy, where, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (!policy) throw new SlaPolicyNotFound();
  return policy;
}

/** What of a policy may be saved, or tried. */
export async function requireValid(tx: Scope, { conditions, calendarId, targets, warning, steps, options }: SavePolicy, fallback: boolean) {
  if (fallback && isConditional(conditions))
    throw new InvalidInput('The fallback is for what no other policy is for, and has no conditions.', 'conditions');
  if (!fallback && !isConditional(conditions)) {
    throw new InvalidInput('A policy without conditions would be for every ticket. Give one, or change the fallback.', 'conditions');
  }
  if (Object.values(conditions).some((list: unknown) => Array.isArray(list) && list.length === 0)) {
    throw new InvalidInput('A condition without a value matches nothing. Give one, or leave the condition out.', 'conditions');
  }
  if ((steps?.length ?? 0) > mostSteps) throw new InvalidInput(`A policy has at most ${mostSteps} steps.`, 'steps');
  const { share, beforeMinutes } = warning;
  if (!(share > 0 && share <= 1)) throw new InvalidInput('Warn between 1 % and 100 % of a target.', 'warning');
  if (!(beforeMinutes >= 0 && beforeMinutes <= mostMinutes)) throw new InvalidInput('Warn at least 0 minutes before a target.', 'warning');
  if (calendarId && !(await tx.em.findOne(SlaCalendar, { workspaceId: tx.workspaceId, id: calendarId })))
    throw new SlaCalendarNotFound('calendarId');
  for (const metric of Object.values(SlaMetric)) {
    for (const priority of priorities) {
      const target = targets[metric]?.[priority];
      if (!target) continue;
      const minutes = target.amount * minutesOf[target.unit];
      if (!(minutes >= 1 && minutes <= mostMinutes)) throw new InvalidInput('A target is one minute to ten years.', 'targets');
    }
  }
  for (const step of steps ?? []) await requireStep(tx, step);
  return { conditions, calendarId: calendarId ?? null, targets, warning, steps: steps ?? [], options: options ?? usualOptions };
}

const usualOptions: PolicyOptions = { newCycle: false, restartOnMessage: false };
const mostSteps = 20;

async function requireStep(tx: Scope, { on, action, afterMinutes, value }: EscalationStep): Promise<void> {
  if (!(afterMinutes >= 0 && afterMinutes <= mostMinutes))
    throw new InvalidInput('A step is taken 0 minutes to ten years after a breach.', 'steps');
  if (afterMinutes > 0 && on === EscalationMoment.WARNING)
    throw new InvalidInput('A step at a warning is taken at once. Only a breach can be waited after.', 'steps');
  const { workspaceId, em } = tx;
  const id = value ?? '';
  if (action === StepAction.ASSIGN || action === StepAction.NOTIFY) {
    const member = isId(id) ? await em.findOne(Member, { workspaceId, id, active: true }) : null;
    if (!member) throw new InvalidInput('Name the member whom a step is to assign or to tell.', 'steps');
  } else if (action === StepAction.MOVE_TO_TEAM) {
    if (!(isId(id) && (await em.findOne(Team, { workspaceId, id }))))
      throw new InvalidInput('Name the team to which a step is to move the ticket.', 'steps');
  } else if (action === StepAction.TAG) requireLine('steps', id, 50);
}
