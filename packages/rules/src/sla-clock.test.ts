import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calendar } from './business-time.ts';
import {
  breachesAt,
  cancelClock,
  pauseClock,
  readClock,
  remeasureClock,
  resumeClock,
  settleClock,
  startClock,
  stopClock,
  warnsAt,
  type Clock,
  type Measure,
} from './sla-clock.ts';
import { countedTime, explainClock, type Segment } from './sla-ledger.ts';

const minute = 60_000;
const plain = (minutes: number) => ({ targetMs: minutes * minute, calendar: null });
const running = (from: number): Segment => ({ from, to: null, running: true, reason: 'STARTED', calendar: null });

describe('an SLA clock', () => {
  it('is due when its target has elapsed', () => {
    expect(readClock(startClock(plain(10), 0), minute)).toMatchObject({
      state: 'RUNNING',
      dueAt: 10 * minute,
      remainingMs: 9 * minute,
      elapsedMs: minute,
    });
  });

  it('keeps the elapsed time during a pause', () => {
    const paused = pauseClock(startClock(plain(10), 0), 4 * minute);
    expect(readClock(paused, 60 * minute)).toMatchObject({ state: 'PAUSED', dueAt: null, remainingMs: 6 * minute });
    expect(readClock(resumeClock(paused, 60 * minute), 60 * minute)).toMatchObject({ state: 'RUNNING', dueAt: 66 * minute });
  });

  it('reads as breached from the due instant on, and records the breach at that instant', () => {
    const clock = startClock(plain(10), 0);
    expect(readClock(clock, 10 * minute - 1).state).toBe('RUNNING');
    expect(readClock(clock, 10 * minute)).toMatchObject({ state: 'BREACHED', dueAt: 10 * minute, remainingMs: 0 });
    expect(settleClock(clock, 99 * minute)).toMatchObject({ breachedAt: 10 * minute, overdueSince: 10 * minute });
    expect(readClock(clock, 99 * minute)).toMatchObject({ state: 'BREACHED', dueAt: 10 * minute, remainingMs: -89 * minute });
  });

  it('stays met when stopped in time, and breached when not', () => {
    expect(readClock(stopClock(startClock(plain(10), 0), 9 * minute), 99 * minute)).toMatchObject({ state: 'MET', dueAt: null });
    expect(readClock(stopClock(startClock(plain(10), 0), 11 * minute), 99 * minute)).toMatchObject({ state: 'BREACHED', dueAt: null });
  });

  it('resumes the same cycle after a reopening', () => {
    const stopped = stopClock(startClock(plain(10), 0), 4 * minute);
    expect(readClock(resumeClock(stopped, 100 * minute), 100 * minute)).toMatchObject({ state: 'RUNNING', remainingMs: 6 * minute });
  });

  it('breaches at the instant of a change to a target that has passed, and is overdue since the target was reached', () => {
    const tightened = remeasureClock(startClock(plain(60), 0), plain(5), 20 * minute, [running(0)]);
    expect(tightened).toMatchObject({ breachedAt: 20 * minute, overdueSince: 5 * minute });
    expect(readClock(tightened, 20 * minute)).toMatchObject({ state: 'BREACHED', dueAt: 5 * minute, remainingMs: -15 * minute });
  });

  it('is due again when a longer target leaves time, and keeps the recorded breach', () => {
    const breached = settleClock(startClock(plain(10), 0), 11 * minute);
    const extended = remeasureClock(breached, plain(600), 12 * minute, [running(0)]);
    expect(readClock(extended, 12 * minute)).toMatchObject({ state: 'RUNNING', dueAt: 600 * minute, remainingMs: 588 * minute });
    expect(extended.breachedAt).toBe(10 * minute);
    expect(breachesAt(extended)).toBe(600 * minute);
    expect(readClock(stopClock(extended, 20 * minute), 99 * minute).state).toBe('MET');
  });

  it('does not breach during a pause, whatever the target becomes, but when it runs again', () => {
    const paused = pauseClock(startClock(plain(60), 0), 20 * minute);
    const tightened = remeasureClock(paused, plain(5), 30 * minute, [{ ...running(0), to: 20 * minute }]);
    expect(readClock(tightened, 40 * minute)).toMatchObject({ state: 'PAUSED', dueAt: null, remainingMs: -15 * minute });
    const resumed = resumeClock(tightened, 50 * minute);
    expect(resumed.breachedAt).toBe(50 * minute);
    expect(readClock(resumed, 50 * minute)).toMatchObject({ state: 'BREACHED', dueAt: 5 * minute, remainingMs: -15 * minute });
  });

  it('keeps the target by which it was met or missed once it is stopped', () => {
    const met = stopClock(startClock(plain(60), 0), 20 * minute);
    expect(remeasureClock(met, plain(5), 30 * minute, [running(0)])).toBe(met);
  });

  it('runs again after spam was taken back', () => {
    const cancelled = cancelClock(startClock(plain(10), 0), 3 * minute);
    expect(readClock(cancelled, 50 * minute)).toMatchObject({ state: 'CANCELLED', dueAt: null });
    expect(readClock(resumeClock(cancelled, 50 * minute), 50 * minute).dueAt).toBe(57 * minute);
  });

  it('warns at a share of the target or a fixed time before it, whichever is earlier, and not once it is too late', () => {
    const warning = { share: 0.75, beforeMs: 15 * minute };

    expect(warnsAt(startClock(plain(40), 0), warning)).toBe(25 * minute);
    expect(warnsAt(startClock(plain(200), 0), warning)).toBe(150 * minute);
    expect(warnsAt(startClock(plain(10), 0), warning)).toBe(0);
    const breached = settleClock(startClock(plain(40), 0), 50 * minute);
    expect(warnsAt(breached, warning)).toBeNull();
    expect(warnsAt(remeasureClock(breached, plain(200), 50 * minute, [running(0)]), warning)).toBe(150 * minute);
    expect(warnsAt(pauseClock(startClock(plain(40), 0), minute), warning)).toBeNull();
  });

  it('counts and is never due without a target', () => {
    const clock = startClock({ targetMs: null, calendar: null }, 0);

    expect(readClock(clock, 7 * minute)).toMatchObject({ state: 'RUNNING', dueAt: null, remainingMs: null, elapsedMs: 7 * minute });
    expect(remeasureClock(clock, plain(5), 7 * minute, [running(0)])).toMatchObject({ breachedAt: 7 * minute, overdueSince: 5 * minute });
  });

  it('agrees with a model that counts minute by minute, and so does its ledger', () => {
    const measure = fc.record({ target: fc.option(fc.integer({ min: 1, max: 90 }), { freq: 8 }), open: fc.boolean() });
    const step = fc.record({
      minutes: fc.integer({ min: 0, max: 40 }),
      act: fc.constantFrom('pause', 'resume', 'stop', 'cancel', 'measure', 'measure', 'back', 'none'),
      next: measure,
    });
    fc.assert(
      fc.property(measure, fc.array(step, { maxLength: 14 }), fc.integer({ min: 0, max: 60 }), (first, steps, rest) => {
        const model = new Model(first);
        let clock: Clock = startClock(asMeasure(first), 0);
        const segments: Segment[] = [{ from: 0, to: null, running: true, reason: 'start', calendar: clock.calendar }];
        for (const { minutes, act, next } of [...steps, { minutes: rest, act: 'none', next: first }]) {
          model.pass(minutes);
          const now = model.now * minute;
          if (act === 'resume') clock = resumeClock(clock, now);
          if (act === 'pause') clock = pauseClock(clock, now);
          if (act === 'stop') clock = stopClock(clock, now);
          if (act === 'cancel') clock = cancelClock(clock, now);
          if (act === 'measure') clock = remeasureClock(clock, asMeasure(next), now, segments);
          // As when a priority goes up and back.
          if (act === 'back') clock = remeasureClock(clock, asMeasure(first), now, segments);
          if (act !== 'none') {
            model.act(act, act === 'back' ? first : next);
            segments[segments.length - 1] = { ...(segments.at(-1) as Segment), to: now };
            segments.push({ from: now, to: null, running: model.isRunning, reason: act, calendar: clock.calendar });
          }
          expect(readClock(clock, now)).toEqual(model.reading());
        }
        const lines = explainClock(segments, model.now * minute);
        expect(countedTime(lines)).toBe(readClock(clock, model.now * minute).elapsedMs);
        // The lines cover the whole life of the clock, without gaps and without overlap.
        expect(lines.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(model.now * minute);
        lines.forEach((line, index) => expect(line.from).toBe(lines[index - 1]?.to ?? 0));
      }),
      { numRuns: 4000 },
    );
  });

  it('names holidays and closed hours', () => {
    const day = 24 * 60 * minute;
    const week = Array.from({ length: 7 }, () => [{ from: 540, to: 1080 }]);
    const calendar = { offsets: [{ from: 0, offsetMs: 0 }], week, holidays: new Map([[1, []]]) };
    const lines = explainClock([{ from: 0, to: 3 * day, running: true, reason: 'STARTED', calendar }], 3 * day);

    expect(lines.map(({ kind }) => kind)).toEqual(['OUTSIDE_HOURS', 'COUNTED', 'HOLIDAY', 'COUNTED', 'OUTSIDE_HOURS']);
    expect(countedTime(lines)).toBe(2 * 9 * 60 * minute);
  });
});

interface ModelMeasure {
  readonly target: number | null;
  /** Whether open hours alone are counted. */
  readonly open: boolean;
}

// Open for ten minutes of each half hour.
const hours = Array.from({ length: 48 }, (_, index) => ({ from: index * 30, to: index * 30 + 10 }));
const calendar: Calendar = { offsets: [{ from: 0, offsetMs: 0 }], week: Array.from({ length: 7 }, () => hours), holidays: new Map() };

function asMeasure({ target, open }: ModelMeasure): Measure {
  return { targetMs: target === null ? null : target * minute, calendar: open ? calendar : null };
}

/** A clock as its rules are written: it looks at each minute, and keeps when each minute that counted had passed. */
class Model {
  now = 0;
  isRunning = true;
  breachedAt: number | null = null;
  readonly #passed: number[] = [];
  #stopped = false;
  #cancelled = false;

  constructor(private measure: ModelMeasure) {}

  pass(minutes: number): void {
    for (let index = 0; index < minutes; index++) {
      const counts = this.isRunning && this.#isOpen(this.now);
      this.now += 1;
      if (counts) this.#passed.push(this.now);
      this.#recordBreach();
    }
  }

  act(act: string, next: ModelMeasure): void {
    if (act === 'resume') [this.isRunning, this.#stopped, this.#cancelled] = [true, false, false];
    else if (act === 'measure' || act === 'back') this.measure = this.#stopped ? this.measure : next;
    else {
      this.isRunning = false;
      if (act === 'stop') this.#stopped = true;
      if (act === 'cancel') this.#cancelled = true;
    }
    this.#recordBreach();
  }

  reading() {
    const { target } = this.measure;
    const reached = target === null ? undefined : this.#passed[target - 1];
    const isBreached = reached !== undefined && this.breachedAt !== null;
    const ended = this.#stopped ? 'MET' : this.isRunning ? 'RUNNING' : 'PAUSED';
    const due = this.isRunning && target !== null ? (reached ?? this.#willReach(target)) : null;
    return {
      state: this.#cancelled ? 'CANCELLED' : isBreached ? 'BREACHED' : ended,
      dueAt: due === null ? null : due * minute,
      remainingMs: target === null ? null : (target - this.#passed.length) * minute,
      elapsedMs: this.#passed.length * minute,
      overdueSince: reached === undefined ? null : reached * minute,
      breachedAt: this.breachedAt,
    };
  }

  #isOpen(at: number): boolean {
    return !this.measure.open || at % 30 < 10;
  }

  #willReach(target: number): number {
    let at = this.now;
    for (let left = target - this.#passed.length; left > 0; at++) if (this.#isOpen(at)) left -= 1;
    return at;
  }

  #recordBreach(): void {
    const isOver = this.measure.target !== null && this.#passed.length >= this.measure.target;
    if (this.isRunning && isOver) this.breachedAt ??= this.now * minute;
  }
}
