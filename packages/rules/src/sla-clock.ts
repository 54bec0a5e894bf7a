import { openTime, reachOpenTime, type Calendar } from './business-time.ts';

/**
 * The arithmetic of one SLA clock. Rules 1 to 6 of the product's SLA section: a clock runs while the status lets it,
 * counts the open time of its calendar, keeps what has elapsed while it stands, and a recorded breach is never taken
 * back. All instants and durations are milliseconds since the epoch.
 */
export interface Clock {
  /** Null = nothing is promised: it counts, and is never due. */
  readonly targetMs: number | null;
  /** What is counted; null = round the clock. */
  readonly calendar: Calendar | null;
  /** Counted up to `runningSince`, or in all while the clock stands. */
  readonly elapsedMs: number;
  readonly runningSince: number | null;
  readonly stoppedAt: number | null;
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

export function startClock(measure: Measure, at: number): Clock {
  return { ...measure, elapsedMs: 0, runningSince: at, stoppedAt: null, breachedAt: null, cancelledAt: null };
}

export function elapsedAt({ calendar, elapsedMs, runningSince }: Clock, at: number): number {
  return elapsedMs + (runningSince === null ? 0 : openTime(calendar, runningSince, at));
}

/** The instant the target is reached if nothing changes; null while the clock stands, once it has breached, and for never. */
export function dueAt(clock: Clock): number | null {
  return clock.breachedAt === null && clock.targetMs !== null ? reaches(clock, clock.targetMs) : null;
}

/** The instant at which so much has elapsed if nothing changes; null while the clock stands, and for never. */
export function reaches({ calendar, elapsedMs, runningSince }: Clock, amountMs: number): number | null {
  return runningSince === null ? null : reachOpenTime(calendar, runningSince, amountMs - elapsedMs);
}

export function clockState(clock: Clock): ClockState {
  if (clock.cancelledAt !== null) return ClockState.CANCELLED;
  if (clock.breachedAt !== null) return ClockState.BREACHED;
  if (clock.stoppedAt !== null) return ClockState.MET;
  return clock.runningSince === null ? ClockState.PAUSED : ClockState.RUNNING;
}

/** Milliseconds to the target by the calendar, negative once it is passed; null where nothing is promised. */
export function remainingAt(clock: Clock, at: number): number | null {
  return clock.targetMs === null ? null : clock.targetMs - elapsedAt(clock, at);
}

/** Records a breach that happened before `at` and was not noticed yet. Every change below starts here. */
export function settleClock(clock: Clock, at: number): Clock {
  const due = dueAt(clock);
  return due !== null && due <= at ? { ...clock, breachedAt: due } : clock;
}

export function pauseClock(clock: Clock, at: number): Clock {
  if (clock.runningSince === null) return clock;
  const settled = settleClock(clock, at);
  return { ...settled, elapsedMs: elapsedAt(settled, at), runningSince: null };
}

/** Lets the clock go on from what has elapsed, also after it was stopped or cancelled: the same cycle resumes. */
export function resumeClock(clock: Clock, at: number): Clock {
  if (clock.runningSince !== null) return clock;
  return { ...clock, runningSince: at, stoppedAt: null, cancelledAt: null };
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
 * Swaps what the clock is measured by and keeps what has elapsed, as it was counted. Already over the new target: the
 * breach is recorded at `at`.
 */
export function remeasureClock(clock: Clock, measure: Measure, at: number): Clock {
  const running = clock.runningSince !== null;
  const settled = settleClock(clock, at);
  const swapped = { ...settled, ...measure, elapsedMs: elapsedAt(settled, at), runningSince: running ? at : null };
  const over = running && swapped.breachedAt === null && measure.targetMs !== null && swapped.elapsedMs >= measure.targetMs;
  return over ? { ...swapped, breachedAt: at } : swapped;
}

/** Warns at a share of the target, or so long before it, whichever is earlier. */
export interface Warning {
  /** 0 to 1. */
  readonly share: number;
  readonly beforeMs: number;
}

/** The instant at which a clock is to be warned of; null while it stands, once it has breached, and for never. */
export function warnsAt(clock: Clock, { share, beforeMs }: Warning): number | null {
  if (clock.targetMs === null || clock.breachedAt !== null) return null;
  return reaches(clock, Math.max(0, Math.min(clock.targetMs * share, clock.targetMs - beforeMs)));
}
