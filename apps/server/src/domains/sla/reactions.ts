import {
  cancelClock,
  clockEffect,
  pauseClock,
  resumeClock,
  retargetClock,
  startClock,
  stopClock,
  type Clock,
  type ClockEffect,
} from '@baton/rules';
import type { DomainEvent } from '../../kernel/domain-event.ts';
import type { Reaction } from '../../platform/event-log.ts';
import type { Scope } from '../../platform/scope.ts';
import { Ticket, TicketEvent } from '../tickets/index.ts';
import { clocksOf, saveClocks } from './keep-clocks.ts';
import { policyFor, targetMs } from './policy.ts';
import { SlaClock, SlaMetric } from './sla.entity.ts';

/** Every ticket starts its clocks with its creation. */
export const startClocks: Reaction = {
  to: [TicketEvent.CREATED],
  async run(tx, event) {
    const ticket = await ticketOf(tx, event);
    const policy = await policyFor(tx);
    if (!policy) return;
    const clocks: SlaClock[] = [];
    for (const metric of Object.values(SlaMetric)) {
      const target = await targetMs(tx, policy.id, metric, ticket.priority);
      if (target === null) continue;
      const clock = new SlaClock();
      Object.assign(clock, { workspaceId: tx.workspaceId, ticketId: ticket.id, metric, policyId: policy.id });
      clock.set(startClock(target, ticket.createdAt.getTime()));
      tx.em.persist(clock);
      clocks.push(clock);
    }
    await saveClocks(tx, ticket.id, clocks);
  },
};

/** Clocks follow the status: run, stand, end, or leave the statistics. */
export const followStatus: Reaction = {
  to: [TicketEvent.STATUS_CHANGED],
  async run(tx, event) {
    const ticket = await ticketOf(tx, event);
    const at = tx.now().getTime();
    const clocks = await clocksOf(tx, ticket.id);
    for (const clock of clocks) clock.set(follow(clock.metric, clock.reading(), clockEffect(ticket.category), at));
    await saveClocks(tx, ticket.id, clocks);
  },
};

/** Another priority is another target from the true start: what has elapsed stays. */
export const followPriority: Reaction = {
  to: [TicketEvent.EDITED],
  async run(tx, event) {
    if (!event.changes.some((change) => change.field === 'priority')) return;
    const ticket = await ticketOf(tx, event);
    const clocks = await clocksOf(tx, ticket.id);
    for (const clock of clocks) {
      const target = await targetMs(tx, clock.policyId, clock.metric, ticket.priority);
      if (target !== null) clock.set(retargetClock(clock.reading(), target, tx.now().getTime()));
    }
    await saveClocks(tx, ticket.id, clocks);
  },
};

function follow(metric: SlaMetric, clock: Clock, effect: ClockEffect, at: number): Clock {
  const answered = metric === SlaMetric.FIRST_RESPONSE && clock.stoppedAt !== null;
  if (answered) return effect === 'CANCEL' ? cancelClock(clock, at) : clock;
  if (effect === 'RUN') return resumeClock(clock, at);
  if (effect === 'CANCEL') return cancelClock(clock, at);
  // Resolving answers nobody: an unmet first response stands still, and goes on if the ticket is reopened.
  if (effect === 'PAUSE' || metric === SlaMetric.FIRST_RESPONSE) return pauseClock({ ...clock, cancelledAt: null }, at);
  return stopClock({ ...clock, cancelledAt: null }, at);
}

function ticketOf(tx: Scope, event: DomainEvent): Promise<Ticket> {
  return tx.em.findOneOrFail(Ticket, { workspaceId: tx.workspaceId, id: event.ticketId ?? '' });
}
