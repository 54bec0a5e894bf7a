import { openTime, reachOpenTime, type Calendar } from './business-time.ts';
import { reachedInLedger, type Segment } from './sla-ledger.ts';

/**
 * The arithmetic of one SLA clock: rules 1 to 6 of the SLA section of the product reference. Instants are milliseconds
 * since the epoch; durations are milliseconds.
 */
export interface Clock {
  /** Null = the policy has no target: the clock counts and is never due. */
  readonly targetMs: number | null;
  /** The open hours that are counted; null = 24×7. */
  readonly calendar: Calendar | null;
  /** Counted up to `runningSince`, or in total while the clock is paused or stopped. */
  readonly elapsedMs: number;
  readonly runningSince: number | null;
  readonly stoppedAt: number | null;
  /** When elapsed time reached the present target; null while time is left. Changes with the target. */
  readonly overdueSince: number | null;
  /** The first recorded breach. Never removed, even if the target is extended: the log and the report keep it. */
  readonly breachedAt: number | null;
  readonly cancelledAt: number | null;
}

/** What a clock is measured by: a target, and the calendar in which it is counted. */
export interface Measure {
  readonly targetMs: number | null;
  readonly calendar: Calendar | null;
}

export const ClockState = {
  RUNNING: 'RUNNING',
  PAUSED: 'PAUSED',
  MET: 'MET',
  BREACHED: 'BREACHED',
  CANCELLED: 'CANCELLED',
} as const;
export type ClockState = (typeof ClockState)[keyof typeof ClockState];

/** A clock at one instant, measured by its present target. */
export interface ClockReading extends Pick<Clock, 'overdueSince' | 'breachedAt'> {
  readonly state: ClockState;
  /** When the target is or was reached; null unless the clock is running. */
  readonly dueAt: number | null;
  /** By the calendar, negative once the target is passed; null without a target. */
  readonly remainingMs: number | null;
  readonly elapsedMs: number;
}

export function startClock(measure: Measure, at: number): Clock {
  return { ...measure, elapsedMs: 0, runningSince: at, stoppedAt: null, overdueSince: null, breachedAt: null, cancelledAt: null };
}

/** The only place that computes state, due time and remaining time. Ticket, list, dashboard, sort order and API use it. */
export function readClock(clock: Clock, at: number): ClockReading {
  const settled = settleClock(clock, at);
  const elapsedMs = elapsedAt(settled, at);
  return {
    state: stateOf(settled),
    dueAt: settled.runningSince === null ? null : (settled.overdueSince ?? breachesAt(settled)),
    remainingMs: settled.targetMs === null ? null : settled.targetMs - elapsedMs,
    elapsedMs,
    overdueSince: settled.overdueSince,
    breachedAt: settled.breachedAt,
  };
}

function stateOf({ cancelledAt, overdueSince, breachedAt, stoppedAt, runningSince }: Clock): ClockState {
  if (cancelledAt !== null) return ClockState.CANCELLED;
  // A target that was lowered below the elapsed time during a pause is not breached before the clock runs (rule 4).
  if (overdueSince !== null && breachedAt !== null) return ClockState.BREACHED;
  if (stoppedAt !== null) return ClockState.MET;
  return runningSince === null ? ClockState.PAUSED : ClockState.RUNNING;
}

function elapsedAt({ calendar, elapsedMs, runningSince }: Clock, at: number): number {
  return elapsedMs + (runningSince === null ? 0 : openTime(calendar, runningSince, at));
}

/** When the target will be passed if nothing changes; null once it is passed, while the clock is not running, and for never. */
export function breachesAt(clock: Clock): number | null {
  return clock.overdueSince === null && clock.targetMs !== null ? reaches(clock, clock.targetMs) : null;
}

/** When this much time will have elapsed if nothing changes; null while the clock is not running, and for never. */
export function reaches({ calendar, elapsedMs, runningSince }: Clock, amountMs: number): number | null {
  return runningSince === null ? null : reachOpenTime(calendar, runningSince, amountMs - elapsedMs);
}

/** Records a target that was passed before `at` and not noticed yet. Every change below starts here. */
export function settleClock(clock: Clock, at: number): Clock {
  const due = breachesAt(clock);
  return due !== null && due <= at ? { ...clock, overdueSince: due, breachedAt: clock.breachedAt ?? due } : clock;
}

export function pauseClock(clock: Clock, at: number): Clock {
  if (clock.runningSince === null) return clock;
  const settled = settleClock(clock, at);
  return { ...settled, elapsedMs: elapsedAt(settled, at), runningSince: null };
}

/** Continues from the elapsed time, also after a stop or a cancellation: the same cycle resumes. */
export function resumeClock(clock: Clock, at: number): Clock {
  if (clock.runningSince !== null) return clock;
  const breachedAt = clock.breachedAt ?? (clock.overdueSince === null ? null : at);
  return { ...clock, runningSince: at, stoppedAt: null, breachedAt, cancelledAt: null };
}

export function stopClock(clock: Clock, at: number): Clock {
  if (clock.stoppedAt !== null) return clock;
  return { ...pauseClock(clock, at), stoppedAt: at };
}

export function cancelClock(clock: Clock, at: number): Clock {
  if (clock.cancelledAt !== null) return clock;
  return { ...pauseClock(clock, at), cancelledAt: at };
}

/**
 * Replaces target and calendar and keeps the elapsed time as it was counted. Whether the clock is overdue is decided by the
 * new target: `history`, the segments of the clock, says when that was reached. A running clock that is over it breaches
 * at `at`. A stopped clock keeps the measure of its outcome.
 */
export function remeasureClock(clock: Clock, measure: Measure, at: number, history: readonly Segment[]): Clock {
  if (clock.stoppedAt !== null) return clock;
  const settled = settleClock(clock, at);
  const elapsedMs = elapsedAt(settled, at);
  const { targetMs } = measure;
  const isOver = targetMs !== null && elapsedMs >= targetMs;
  const isRunning = clock.runningSince !== null;
  return {
    ...settled,
    ...measure,
    elapsedMs,
    runningSince: isRunning ? at : null,
    overdueSince: isOver ? (reachedInLedger(history, targetMs, at) ?? at) : null,
    breachedAt: settled.breachedAt ?? (isOver && isRunning ? at : null),
  };
}

/** Warns at a share of the target, or a fixed time before it, whichever is earlier. */
export interface Warning {
  /** 0 to 1. */
  readonly share: number;
  readonly beforeMs: number;
}

/** When a warning is due; null while the clock is not running, once the target is passed, and for never. */
export function warnsAt(clock: Clock, { share, beforeMs }: Warning): number | null {
  if (clock.targetMs === null || clock.overdueSince !== null) return null;
  return reaches(clock, Math.max(0, Math.min(clock.targetMs * share, clock.targetMs - beforeMs)));
}
