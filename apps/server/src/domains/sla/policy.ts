import { nameKey, workingDayMs, type Calendar, type Measure, type Priority } from '@baton/rules';
import { isId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { contactById } from '../contacts/index.ts';
import { TicketTag, type Ticket } from '../tickets/index.ts';
import { calendarOf, type CalendarPin } from './calendars.ts';
import { listPolicies } from './find-settings.ts';
import {
  SlaCalendar,
  type SlaPolicy,
  SlaPolicyVersion,
  type Conditions,
  type EscalationStep,
  type PolicyOptions,
  type SlaMetric,
  type Target,
  type TargetUnit,
  type WarningRule,
} from './sla.entity.ts';

/** A version of a policy with the calendar it counts by, to which clocks are pinned. */
export interface PinnedPolicy extends CalendarPin {
  readonly policyId: string;
  readonly policyVersion: number;
  /** Of the policy itself. The calendar that clocks count by may be the team's. */
  readonly policyCalendarId: string | null;
  readonly calendar: Calendar | null;
  readonly targets: SlaPolicyVersion['targets'];
  readonly warning: WarningRule;
  readonly steps: readonly EscalationStep[];
  readonly options: PolicyOptions;
}

/** What of a ticket decides which policy is for it. */
export interface PolicyFacts {
  readonly priority: Priority;
  readonly topicId: string | null;
  readonly teamId: string | null;
  readonly tagIds: readonly string[];
  readonly organization: string | null;
  readonly source: string;
}

/** Whether a policy is for a ticket: every list of its conditions holds the ticket's own. */
function matches(conditions: Conditions, facts: PolicyFacts): boolean {
  const holds = (list: readonly string[] | undefined, ...own: readonly (string | null)[]) =>
    list === undefined || own.some((one) => one !== null && list.includes(one));
  return (
    holds(conditions.priorities, facts.priority) &&
    holds(conditions.topicIds, facts.topicId) &&
    holds(conditions.teamIds, facts.teamId) &&
    holds(conditions.tagIds, ...facts.tagIds) &&
    holds(conditions.organizations?.map(nameKey), facts.organization === null ? null : nameKey(facts.organization)) &&
    holds(conditions.sources, facts.source)
  );
}

/** Whether a policy is for some tickets and not for all: one without conditions is no catch-all unless it is the fallback. */
export function isConditional(conditions: Conditions): boolean {
  return Object.values(conditions).some((list) => Array.isArray(list));
}

export async function factsOf(tx: Scope, ticket: Ticket): Promise<PolicyFacts> {
  const { workspaceId, id: ticketId } = ticket;
  const tags = await tx.em.find(TicketTag, { workspaceId, ticketId });
  const requester = await tx.load(contactById, ticket.requesterId);
  const { priority, topicId, teamId, source } = ticket;
  return { priority, topicId, teamId, source, tagIds: tags.map(({ tagId }) => tagId), organization: requester?.organization ?? null };
}

/** The policy that is for a ticket, as it stands now: the first that matches, or the fallback. Null where there is none. */
export async function policyFor(tx: Scope, facts: PolicyFacts): Promise<PinnedPolicy | null> {
  const chosen = choosePolicy(await listPolicies(tx), facts);
  return chosen && pinnedNow(tx, chosen.version, await lockTeamHours(tx, facts.teamId));
}

interface Choosable {
  readonly policy: Pick<SlaPolicy, 'fallback'>;
  readonly version: Pick<SlaPolicyVersion, 'conditions'>;
}

/** The first of the policies, in their order, that is for such a ticket. */
export function choosePolicy<Policy extends Choosable>(policies: readonly Policy[], facts: PolicyFacts): Policy | null {
  const isFor = ({ policy, version: { conditions } }: Policy) =>
    policy.fallback || (isConditional(conditions) && matches(conditions, facts));
  return policies.find(isFor) ?? null;
}

/** A version of a policy with the newest version of the business hours: those of a team, or the policy's own. */
export async function pinnedNow(tx: Scope, version: PolicyRules, teamCalendarId: string | null): Promise<PinnedPolicy> {
  return pinned(tx, version, await newestPin(tx, teamCalendarId ?? version.calendarId));
}

/** The policy in the same version with the business hours of a team, or its own. Business hours that stay keep their version. */
export async function withHours(tx: Scope, policy: PinnedPolicy, teamCalendarId: string | null): Promise<PinnedPolicy> {
  const calendarId = teamCalendarId ?? policy.policyCalendarId;
  if (calendarId === policy.calendarId) return policy;
  const pin = await newestPin(tx, calendarId);
  return { ...policy, ...pin, calendar: await calendarOf(tx, pin) };
}

/**
 * The business hours of a team that override those of policies. The lock makes a change of them wait for clocks that begin
 * now, so that it finds them all.
 */
export async function lockTeamHours({ em, workspaceId }: Scope, teamId: string | null): Promise<string | null> {
  if (teamId === null || !isId(teamId)) return null;
  const rows: { calendar_id: string | null }[] = await em.execute(
    'select calendar_id from team where workspace_id = ? and id = ? for share',
    [workspaceId, teamId],
  );
  return rows[0]?.calendar_id ?? null;
}

async function newestPin({ em, workspaceId }: Scope, calendarId: string | null): Promise<CalendarPin> {
  const calendar = calendarId === null ? null : await em.findOneOrFail(SlaCalendar, { workspaceId, id: calendarId });
  return { calendarId: calendar?.id ?? null, calendarVersion: calendar?.version ?? null };
}

/** What of a policy's version counts for clocks. */
export type PolicyRules = Pick<SlaPolicyVersion, 'policyId' | 'version' | 'calendarId' | 'targets' | 'warning' | 'steps' | 'options'>;

/** A policy as clocks were pinned to it, whatever it became since. */
export async function pinnedPolicy(tx: Scope, policyId: string, policyVersion: number, pin: CalendarPin): Promise<PinnedPolicy> {
  const { workspaceId } = tx;
  return pinned(tx, await tx.em.findOneOrFail(SlaPolicyVersion, { workspaceId, policyId, version: policyVersion }), pin);
}

async function pinned(
  tx: Scope,
  { policyId, version, calendarId: policyCalendarId, targets, warning, steps, options }: PolicyRules,
  pin: CalendarPin,
): Promise<PinnedPolicy> {
  const rules = { policyId, policyVersion: version, policyCalendarId, targets, warning, steps, options };
  return { ...rules, ...pin, calendar: await calendarOf(tx, pin) };
}

/** What a policy measures a metric by. */
export function measureOf(
  { targets, calendar }: Pick<PinnedPolicy, 'targets' | 'calendar'>,
  metric: SlaMetric,
  priority: Priority,
): Measure {
  const target = targets[metric]?.[priority];
  return { targetMs: target ? targetMs(target, calendar) : null, calendar };
}

const minute = 60_000;

function targetMs({ amount, unit }: Target, calendar: Calendar | null): number {
  const units: Record<TargetUnit, number> = { MINUTES: minute, HOURS: 60 * minute, DAYS: workingDayMs(calendar) };
  return Math.round(amount * units[unit]);
}
