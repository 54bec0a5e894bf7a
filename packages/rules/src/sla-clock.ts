/**
 * The arithmetic of one SLA clock, counted round the clock. Rules 1 to 6 of the product's SLA section: a clock
 * runs while the status lets it, keeps what has elapsed while it stands, and a recorded breach is never taken
 * back. All instants and durations are milliseconds since the epoch.
 */
export interface Clock {
  readonly targetMs: number;
  /** Counted up to `runningSince`, or in all while the clock stands. */
  readonly elapsedMs: number;
  readonly runningSince: number | null;
  readonly stoppedAt: number | null;
  readonly breachedAt: number | null;
  readonly cancelledAt: number | null;
}

export const ClockState = {
  RUNNING: 'RUNNING',
  PAUSED: 'PAUSED',
  MET: 'MET',
  BREACHED: 'BREACHED',
  CANCELLED: 'CANCELLED',
} as const;
export type ClockState = (typeof ClockState)[keyof typeof ClockState];

export function startClock(targetMs: number, at: number): Clock {
  return { targetMs, elapsedMs: 0, runningSince: at, stoppedAt: null, breachedAt: null, cancelledAt: null };
}

export function elapsedAt(clock: Clock, at: number): number {
  return clock.elapsedMs + (clock.runningSince === null ? 0 : Math.max(0, at - clock.runningSince));
}

/** The instant the target is reached if nothing changes; null while the clock stands or once it has breached. */
export function dueAt(clock: Clock): number | null {
  if (clock.runningSince === null || clock.breachedAt !== null) return null;
  return clock.runningSince + clock.targetMs - clock.elapsedMs;
}

export function clockState(clock: Clock): ClockState {
  if (clock.cancelledAt !== null) return ClockState.CANCELLED;
  if (clock.breachedAt !== null) return ClockState.BREACHED;
  if (clock.stoppedAt !== null) return ClockState.MET;
  return clock.runningSince === null ? ClockState.PAUSED : ClockState.RUNNING;
}

/** Milliseconds to the target, negative once it is passed. */
export function remainingAt(clock: Clock, at: number): number {
  return clock.targetMs - elapsedAt(clock, at);
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

/** Swaps the target and keeps what has elapsed. Already over the new target: the breach is recorded at `at`. */
export function retargetClock(clock: Clock, targetMs: number, at: number): Clock {
  const swapped = { ...settleClock(clock, at), targetMs };
  const over = swapped.runningSince !== null && swapped.breachedAt === null && elapsedAt(swapped, at) >= targetMs;
  return over ? { ...swapped, breachedAt: at } : swapped;
}
