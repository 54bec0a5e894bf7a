import { isOpen, readClock, workingDayMs, type ClockState } from '@baton/rules';
import type { SlaClockFragment } from '#lib/graphql/generated/graphql.ts';
import { duration, t } from '#lib/i18n/index.ts';
import { asClock } from './reading.ts';

/** What a page shows of a clock. Time is counted down by the calendar, and days are its working days. */
export interface ClockView {
  readonly state: ClockState;
  readonly words: string;
  /** How much of the target is left, from 0 to 1. */
  readonly share: number;
  readonly elapsed: string;
  readonly target: string;
  readonly dueAt: string | null;
  /** The length of a working day, where that is not 24 hours. */
  readonly workingDay: string | null;
}

export function clockView(fragment: SlaClockFragment, now: number): ClockView {
  const clock = asClock(fragment);
  const { state, remainingMs, elapsedMs, dueAt } = readClock(clock, now);
  const dayMs = workingDayMs(clock.calendar) || undefined;
  const left = remainingMs ?? 0;
  return {
    state,
    words: wordsFor(state, duration(left, dayMs), {
      isClosed: state === 'RUNNING' && !isOpen(clock.calendar, now),
      isStopped: clock.stoppedAt !== null,
      isBySeconds: Math.abs(left) < 1000,
    }),
    share: Math.max(0, Math.min(1, left / clock.targetMs)),
    elapsed: duration(elapsedMs, dayMs),
    target: duration(clock.targetMs, dayMs),
    dueAt: dueAt === null ? null : new Date(dueAt).toISOString(),
    workingDay: clock.calendar && dayMs ? duration(dayMs) : null,
  };
}

interface Circumstances {
  readonly isClosed: boolean;
  readonly isStopped: boolean;
  readonly isBySeconds: boolean;
}

function wordsFor(state: ClockState, time: string, { isClosed, isStopped, isBySeconds }: Circumstances): string {
  if (isClosed) return t('sla.CLOSED_NOW', { time });
  if (state !== 'BREACHED') return t(`sla.${state}`, { time });
  if (isBySeconds) return t(isStopped ? 'sla.missedNow' : 'sla.overdueNow');
  return t(isStopped ? 'sla.BREACHED_STOPPED' : 'sla.BREACHED', { time });
}
