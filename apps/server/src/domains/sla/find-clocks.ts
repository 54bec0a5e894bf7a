import { explainClock, type LedgerLine } from '@baton/rules';
import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { calendarOf } from './calendars.ts';
import { SlaClock, SlaSegment } from './sla.entity.ts';

/** Of each ticket: the newest cycle of each metric for which something is promised, in the order of the metrics. */
export const clocksByTicket = listLoaderByKey(
  (scope, ids: readonly string[]) =>
    scope.em
      .find(SlaClock, { workspaceId: scope.workspaceId, ticketId: { $in: [...ids] } }, { orderBy: { metric: 'asc', cycle: 'desc' } })
      .then((clocks) =>
        clocks.filter(
          (clock, index) =>
            clock.targetMs !== null &&
            clocks.findIndex(({ ticketId, metric }) => ticketId === clock.ticketId && metric === clock.metric) === index,
        ),
      ),
  (clock) => clock.ticketId,
);

/** How a clock came to show what it shows, moment by moment. */
export async function ledgerOf(
  scope: Scope,
  { workspaceId, ticketId, metric, cycle, stoppedAt, cancelledAt }: SlaClock,
): Promise<LedgerLine[]> {
  const segments = await scope.em.find(SlaSegment, { workspaceId, ticketId, metric, cycle }, { orderBy: { fromAt: 'asc' } });
  const known = await Promise.all(
    segments.map(async ({ fromAt, toAt, running, reason, ...pin }) => ({
      from: fromAt.getTime(),
      to: toAt?.getTime() ?? null,
      running,
      reason,
      calendar: await calendarOf(scope, pin),
    })),
  );
  // Once a promise is kept or dropped, what comes after is no part of it.
  const end = stoppedAt ?? cancelledAt;
  return explainClock(known, Math.min(end?.getTime() ?? Infinity, scope.now().getTime()));
}
