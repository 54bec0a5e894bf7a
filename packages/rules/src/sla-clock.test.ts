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
  remeasureClock,
  settleClock,
  startClock,
  stopClock,
  warnsAt,
  type Clock,
} from './sla-clock.ts';
import { countedTime, explainClock, type Segment } from './sla-ledger.ts';

const minute = 60_000;
const plain = (minutes: number) => ({ targetMs: minutes * minute, calendar: null });

describe('an SLA clock', () => {
  it('is due when its target has elapsed', () => {
    expect(dueAt(startClock(plain(10), 0))).toBe(10 * minute);
  });

  it('keeps what has elapsed while it stands', () => {
    const paused = pauseClock(startClock(plain(10), 0), 4 * minute);
    expect(clockState(paused)).toBe('PAUSED');
    expect(dueAt(paused)).toBeNull();
    expect(dueAt(resumeClock(paused, 60 * minute))).toBe(66 * minute);
  });

  it('records a breach at the due instant, however late it is noticed', () => {
    const settled = settleClock(startClock(plain(10), 0), 99 * minute);
    expect(settled.breachedAt).toBe(10 * minute);
    expect(clockState(settled)).toBe('BREACHED');
  });

  it('stays met when stopped in time, and breached when not', () => {
    expect(clockState(stopClock(startClock(plain(10), 0), 9 * minute))).toBe('MET');
    expect(clockState(stopClock(startClock(plain(10), 0), 11 * minute))).toBe('BREACHED');
  });

  it('goes on with the same cycle after a reopening', () => {
    const stopped = stopClock(startClock(plain(10), 0), 4 * minute);
    const reopened = resumeClock(stopped, 100 * minute);
    expect(clockState(reopened)).toBe('RUNNING');
    expect(remainingAt(reopened, 100 * minute)).toBe(6 * minute);
  });

  it('breaches at the moment of a change to a target that is already passed', () => {
    const tightened = remeasureClock(startClock(plain(60), 0), plain(5), 20 * minute);
    expect(tightened.breachedAt).toBe(20 * minute);
  });

  it('keeps a recorded breach when the target is relaxed', () => {
    const breached = settleClock(startClock(plain(10), 0), 11 * minute);
    expect(clockState(remeasureClock(breached, plain(600), 12 * minute))).toBe('BREACHED');
  });

  it('runs again after spam was taken back', () => {
    const cancelled = cancelClock(startClock(plain(10), 0), 3 * minute);
    expect(clockState(cancelled)).toBe('CANCELLED');
    expect(dueAt(resumeClock(cancelled, 50 * minute))).toBe(57 * minute);
  });

  it('warns at a share of the target or so long before it, whichever comes first, and not once it is too late', () => {
    const warning = { share: 0.75, beforeMs: 15 * minute };

    expect(warnsAt(startClock(plain(40), 0), warning)).toBe(25 * minute);
    expect(warnsAt(startClock(plain(200), 0), warning)).toBe(150 * minute);
    expect(warnsAt(startClock(plain(10), 0), warning)).toBe(0);
    expect(warnsAt(settleClock(startClock(plain(40), 0), 50 * minute), warning)).toBeNull();
    expect(warnsAt(pauseClock(startClock(plain(40), 0), minute), warning)).toBeNull();
  });

  it('counts and is never due where nothing is promised', () => {
    const clock = startClock({ targetMs: null, calendar: null }, 0);

    expect(elapsedAt(clock, 7 * minute)).toBe(7 * minute);
    expect(dueAt(clock)).toBeNull();
    expect(remainingAt(clock, minute)).toBeNull();
    expect(remeasureClock(clock, plain(5), 7 * minute).breachedAt).toBe(7 * minute);
  });

  it('agrees with a model that counts minute by minute, and so does its ledger', () => {
    const measure = fc.record({ target: fc.integer({ min: 1, max: 90 }), open: fc.boolean() });
    const step = fc.record({
      minutes: fc.integer({ min: 0, max: 40 }),
      act: fc.constantFrom('pause', 'resume', 'stop', 'cancel', 'measure', 'none'),
      next: measure,
    });
    // Open for ten minutes of each half hour.
    const hours = Array.from({ length: 48 }, (_, index) => ({ from: index * 30, to: index * 30 + 10 }));
    const calendar = { offsets: [{ from: 0, offsetMs: 0 }], week: Array.from({ length: 7 }, () => hours), holidays: new Map() };
    const asMeasure = ({ target, open }: { target: number; open: boolean }) => ({
      targetMs: target * minute,
      calendar: open ? calendar : null,
    });
    fc.assert(
      fc.property(measure, fc.array(step, { maxLength: 12 }), (first, steps) => {
        let clock: Clock = startClock(asMeasure(first), 0);
        let now = 0;
        let current = first;
        const model = { running: true, elapsed: 0, breachedAt: null as number | null };
        const segments: Segment[] = [{ from: 0, to: null, running: true, reason: 'start', calendar: clock.calendar }];
        for (const { minutes, act, next } of steps) {
          for (let i = 0; i < minutes; i++) {
            const counts = model.running && (!current.open || (now / minute) % 30 < 10);
            now += minute;
            if (counts) model.elapsed += 1;
            if (counts && model.breachedAt === null && model.elapsed >= current.target) model.breachedAt = now;
          }
          if (act === 'none') continue;
          if (act === 'resume') clock = resumeClock(clock, now);
          if (act === 'pause') clock = pauseClock(clock, now);
          if (act === 'stop') clock = stopClock(clock, now);
          if (act === 'cancel') clock = cancelClock(clock, now);
          if (act === 'measure') {
            clock = remeasureClock(clock, asMeasure(next), now);
            current = next;
          } else model.running = act === 'resume';
          // Over a target that became lower: at once, or when it runs again, as one that stands breaches nothing.
          if (model.running && model.breachedAt === null && model.elapsed >= current.target) model.breachedAt = now;
          segments[segments.length - 1] = { ...(segments.at(-1) as Segment), to: now };
          segments.push({ from: now, to: null, running: model.running, reason: act, calendar: clock.calendar });
        }
        clock = settleClock(clock, now);
        expect(elapsedAt(clock, now)).toBe(model.elapsed * minute);
        expect(clock.breachedAt).toBe(model.breachedAt);
        const lines = explainClock(segments, now);
        expect(countedTime(lines)).toBe(model.elapsed * minute);
        // No moment is left out, and none told twice.
        expect(lines.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(now);
        lines.forEach((line, index) => expect(line.from).toBe(lines[index - 1]?.to ?? 0));
      }),
      { numRuns: 3000 },
    );
  });

  it('names holidays and hours that are closed', () => {
    const day = 24 * 60 * minute;
    const week = Array.from({ length: 7 }, () => [{ from: 540, to: 1080 }]);
    const calendar = { offsets: [{ from: 0, offsetMs: 0 }], week, holidays: new Map([[1, []]]) };
    const lines = explainClock([{ from: 0, to: 3 * day, running: true, reason: 'STARTED', calendar }], 3 * day);

    expect(lines.map(({ kind }) => kind)).toEqual(['OUTSIDE_HOURS', 'COUNTED', 'HOLIDAY', 'COUNTED', 'OUTSIDE_HOURS']);
    expect(countedTime(lines)).toBe(2 * 9 * 60 * minute);
  });
});
