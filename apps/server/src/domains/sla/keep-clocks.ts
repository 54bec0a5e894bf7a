import { stopClock } from '@baton/rules';
import { domainEvent } from '../../kernel/domain-event.ts';
import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { lockTicket, setTicketDue } from '../tickets/index.ts';
import { SlaClock, SlaMetric } from './sla.entity.ts';
import { SlaEvent } from './sla.events.ts';

/** For reading: every clock of a ticket, in the order of the metrics. */
export const clocksByTicket = listLoaderByKey(
  (scope, ids: readonly string[]) =>
    scope.em.find(SlaClock, { workspaceId: scope.workspaceId, ticketId: { $in: [...ids] } }, { orderBy: { metric: 'asc' } }),
  (clock) => clock.ticketId,
);

/** For changing: the ticket's lock, which the caller holds, covers its clocks. */
export function clocksOf(tx: Scope, ticketId: string): Promise<SlaClock[]> {
  return tx.em.find(SlaClock, { workspaceId: tx.workspaceId, ticketId });
}

/**
 * Writes the clocks and tells the ticket when it is next due, by which lists sort and filter. A breached clock that
 * still runs keeps its ticket due at the instant it breached: it is overdue, not forgotten.
 */
export async function saveClocks(tx: Scope, ticketId: string, clocks: readonly SlaClock[]): Promise<void> {
  await tx.em.flush();
  const running = clocks.filter((clock) => clock.runningSince);
  const dues = running.map((clock) => clock.breachedAt ?? clock.dueAt).filter((due) => due !== null && due !== undefined);
  await setTicketDue(tx, ticketId, dues.length > 0 ? new Date(Math.min(...dues.map(Number))) : null);
}

/** The first public reply by a member meets the first response. Later ones change nothing. */
export function recordFirstResponse(scope: Scope, ticketId: string): Promise<void> {
  return scope.transaction(async (tx) => {
    await lockTicket(tx, ticketId);
    const clocks = await clocksOf(tx, ticketId);
    const clock = clocks.find(({ metric, stoppedAt }) => metric === SlaMetric.FIRST_RESPONSE && !stoppedAt);
    if (!clock) return;
    clock.set(stopClock(clock.reading(), tx.now().getTime()));
    await saveClocks(tx, ticketId, clocks);
    tx.record(domainEvent(SlaEvent.RESPONDED, ticketId));
  });
}
