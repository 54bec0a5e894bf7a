import { explainClock, readClock, type ClockReading, type LedgerLine, type Segment } from '@baton/rules';
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

/** State, due time and remaining time of a clock at this instant. */
export async function readingOf(scope: Scope, clock: SlaClock): Promise<ClockReading> {
  return readClock(clock.asClock(await calendarOf(scope, clock)), scope.now().getTime());
}

/** The stored segments of a clock, oldest first. */
export async function listSegments(scope: Scope, { workspaceId, ticketId, metric, cycle }: SlaClock): Promise<Segment[]> {
  const segments = await scope.em.find(SlaSegment, { workspaceId, ticketId, metric, cycle }, { orderBy: { fromAt: 'asc' } });
  return Promise.all(
    segments.map(async ({ fromAt, toAt, running, reason, ...pin }) => ({
      from: fromAt.getTime(),
      to: toAt?.getTime() ?? null,
      running,
      reason,
      calendar: await calendarOf(scope, pin),
    })),
  );
}

/** Every stretch of a clock's life, counted or not. */
export async function ledgerOf(scope: Scope, clock: SlaClock): Promise<LedgerLine[]> {
  // Time after the target was met or the clock was canceled is not part of it.
  const end = clock.stoppedAt ?? clock.cancelledAt;
  return explainClock(await listSegments(scope, clock), Math.min(end?.getTime() ?? Infinity, scope.now().getTime()));
}
