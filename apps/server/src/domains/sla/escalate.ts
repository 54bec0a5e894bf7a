import { priorities } from '@baton/rules';
import { DomainError } from '../../kernel/domain-error.ts';
import { domainEvent, type DomainEvent } from '../../kernel/domain-event.ts';
import type { Reaction } from '../../platform/event-log.ts';
import type { Scope } from '../../platform/scope.ts';
import { assignTicket, editTicket, tagTicket, Ticket } from '../tickets/index.ts';
import { EscalationMoment, SlaClock, SlaPolicyVersion, StepAction, type EscalationStep, type SlaMetric } from './sla.entity.ts';
import { SlaEvent } from './sla.events.ts';

/**
 * Does what a policy says is to be done at a warning, at a breach or when a ticket is overdue by so much, each once as that is recorded once. The version that the
 * clock is pinned to decides, as it does of the targets.
 */
export const escalate: Reaction = {
  to: [SlaEvent.WARNED, SlaEvent.BREACHED, SlaEvent.OVERDUE],
  async run(tx, event) {
    const moment = event.type === SlaEvent.WARNED ? EscalationMoment.WARNING : EscalationMoment.BREACH;
    const afterMinutes = Number(event.changes.find(({ field }) => field === 'overdueMinutes')?.to ?? 0);
    const metric = event.changes[0]?.to as SlaMetric;
    for (const step of await stepsFor(tx, event, metric)) {
      if (step.on !== moment || step.afterMinutes !== afterMinutes || (step.metric !== null && step.metric !== metric)) continue;
      await takeStep(tx, event, step);
    }
  },
};

async function stepsFor(tx: Scope, { ticketId }: DomainEvent, metric: SlaMetric): Promise<readonly EscalationStep[]> {
  const { workspaceId, em } = tx;
  const [clock] = await em.find(SlaClock, { workspaceId, ticketId: ticketId ?? '', metric }, { orderBy: { cycle: 'desc' }, limit: 1 });
  if (!clock) return [];
  const { policyId, policyVersion: version } = clock;
  return (await em.findOneOrFail(SlaPolicyVersion, { workspaceId, policyId, version })).steps;
}

/** A step that cannot be taken, as to somebody who left, must not keep the breach from being recorded; it is said instead. */
async function takeStep(tx: Scope, event: DomainEvent, step: EscalationStep): Promise<void> {
  const ticket = await tx.em.findOneOrFail(Ticket, { workspaceId: tx.workspaceId, id: event.ticketId ?? '' });
  try {
    await actions[step.action](tx, ticket, step.value ?? '', event);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    tx.record(domainEvent(SlaEvent.STEP_FAILED, ticket.id, { changes: [{ field: 'step', from: null, to: error.message }] }));
  }
}

type Act = (tx: Scope, ticket: Ticket, value: string, event: DomainEvent) => Promise<unknown>;

const actions: Record<StepAction, Act> = {
  async RAISE_PRIORITY(tx, { id: ticketId, priority }) {
    const to = priorities[priorities.indexOf(priority) + 1];
    if (to) await editTicket(tx, { ticketId, priority: { from: priority, to } });
  },
  ASSIGN: (tx, { id: ticketId, assigneeId }, to) => assignTicket(tx, { ticketId, from: assigneeId, to }),
  async MOVE_TO_TEAM(tx, { id: ticketId, teamId }, to) {
    if (teamId !== to) await editTicket(tx, { ticketId, teamId: { from: teamId, to } });
  },
  TAG: (tx, { id: ticketId }, name) => tagTicket(tx, { ticketId, add: [name], remove: [] }),
  async NOTIFY(tx, { id }, memberId, { changes }) {
    tx.record(domainEvent(SlaEvent.ESCALATED, id, { memberIds: [memberId], changes }));
  },
};
