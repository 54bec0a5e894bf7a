import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cancelClock,
  clockState,
  dueAt,
  elapsedAt,
  pauseClock,
  remainingAt,
  resumeClock,
  retargetClock,
  settleClock,
  startClock,
  stopClock,
  type Clock,
} from './sla-clock.ts';

const minute = 60_000;

describe('an SLA clock', () => {
  it('is due when its target has elapsed', () => {
    expect(dueAt(startClock(10 * minute, 0))).toBe(10 * minute);
  });

  it('keeps what has elapsed while it stands', () => {
    const paused = pauseClock(startClock(10 * minute, 0), 4 * minute);
    expect(clockState(paused)).toBe('PAUSED');
    expect(dueAt(paused)).toBeNull();
    expect(dueAt(resumeClock(paused, 60 * minute))).toBe(66 * minute);
  });

  it('records a breach at the due instant, however late it is noticed', () => {
    const settled = settleClock(startClock(10 * minute, 0), 99 * minute);
    expect(settled.breachedAt).toBe(10 * minute);
    expect(clockState(settled)).toBe('BREACHED');
  });

  it('stays met when stopped in time, and breached when not', () => {
    expect(clockState(stopClock(startClock(10 * minute, 0), 9 * minute))).toBe('MET');
    expect(clockState(stopClock(startClock(10 * minute, 0), 11 * minute))).toBe('BREACHED');
  });

  it('goes on with the same cycle after a reopening', () => {
    const stopped = stopClock(startClock(10 * minute, 0), 4 * minute);
    const reopened = resumeClock(stopped, 100 * minute);
    expect(clockState(reopened)).toBe('RUNNING');
    expect(remainingAt(reopened, 100 * minute)).toBe(6 * minute);
  });

  it('breaches at the moment of a change to a target that is already passed', () => {
    const tightened = retargetClock(startClock(60 * minute, 0), 5 * minute, 20 * minute);
    expect(tightened.breachedAt).toBe(20 * minute);
  });

  it('keeps a recorded breach when the target is relaxed', () => {
    const breached = settleClock(startClock(10 * minute, 0), 11 * minute);
    expect(clockState(retargetClock(breached, 600 * minute, 12 * minute))).toBe('BREACHED');
  });

  it('runs again after spam was taken back', () => {
    const cancelled = cancelClock(startClock(10 * minute, 0), 3 * minute);
    expect(clockState(cancelled)).toBe('CANCELLED');
    expect(dueAt(resumeClock(cancelled, 50 * minute))).toBe(57 * minute);
  });

  it('agrees with a model that counts minute by minute', () => {
    const step = fc.record({ minutes: fc.integer({ min: 0, max: 40 }), act: fc.constantFrom('pause', 'resume', 'stop', 'cancel', 'none') });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.array(step, { maxLength: 12 }), (target, steps) => {
        let clock: Clock = startClock(target * minute, 0);
        let now = 0;
        const model = { running: true, elapsed: 0, breachedAt: null as number | null };
        for (const { minutes, act } of steps) {
          for (let i = 0; i < minutes; i++) {
            now += minute;
            if (model.running) model.elapsed += 1;
            if (model.running && model.breachedAt === null && model.elapsed >= target) model.breachedAt = now;
          }
          if (act === 'resume') clock = resumeClock(clock, now);
          if (act === 'pause') clock = pauseClock(clock, now);
          if (act === 'stop') clock = stopClock(clock, now);
          if (act === 'cancel') clock = cancelClock(clock, now);
          if (act !== 'none') model.running = act === 'resume';
        }
        clock = settleClock(clock, now);
        expect(elapsedAt(clock, now)).toBe(model.elapsed * minute);
        expect(clock.breachedAt).toBe(model.breachedAt);
      }),
      { numRuns: 2000 },
    );
  });
});
