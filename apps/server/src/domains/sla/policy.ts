import type { Priority } from '@baton/rules';
import type { Scope } from '../../platform/scope.ts';
import { SlaPolicy, SlaTarget, type SlaMetric } from './sla.entity.ts';

/** The policy that applies. Conditions come with the settings of policies; until then the first of the list does. */
export function policyFor(scope: Scope): Promise<SlaPolicy | null> {
  return scope.em.findOne(SlaPolicy, { workspaceId: scope.workspaceId }, { orderBy: { place: 'asc' } });
}

/** The target in milliseconds; null where the policy promises nothing. */
export async function targetMs(scope: Scope, policyId: string, metric: SlaMetric, priority: Priority): Promise<number | null> {
  const target = await scope.em.findOne(SlaTarget, { workspaceId: scope.workspaceId, policyId, metric, priority });
  return target ? target.minutes * 60_000 : null;
}
