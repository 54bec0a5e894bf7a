import { SampleViewer } from '../../kernel/viewer.ts';
import type { Logger } from '../logger.ts';
import type { Scope } from '../scope.ts';
import { changesAccess } from './access-changed.ts';
import type { LiveSource, LiveStep } from './live-source.ts';
import type { Seat } from './seats.ts';
import type { StreamHead } from './stream-head.ts';
import type { LoggedEvent } from '../../kernel/domain-event.ts';

/** Where a follower's frames go. */
export interface Outlet {
  /** The bytes of one result, shared with other followers. */
  write(result: Buffer): void;
  /** Whether what was written waits for a slow client. It is then told nothing until it has caught up. */
  readonly congested: boolean;
  /** Ends the stream, with a result that says why when somebody took it away. */
  end(reason: LiveEnd): void;
}

export const LiveEnd = { SIGNED_OUT: 'SIGNED_OUT', FAILED: 'FAILED', CLOSING: 'CLOSING' } as const;
export type LiveEnd = (typeof LiveEnd)[keyof typeof LiveEnd];

/** Up to where somebody was told. All who are up to date share one, so a stretch that concerns nobody moves one mark. */
type Mark = { -readonly [Key in keyof StreamHead]: StreamHead[Key] };

/** Somebody who follows a source through one subscription. */
export class Follower {
  /** Null = nothing yet. */
  told: Mark | null;
  held: unknown;
  /** Their rights became others, so what they were told before may be too much or too little. */
  unsettled = false;
  /** It resumes from a position, and no node watched its permissions since then. */
  resumes: boolean;

  constructor(
    readonly seat: Seat,
    readonly outlet: Outlet,
    after: StreamHead | null,
  ) {
    this.told = after;
    this.resumes = after !== null;
  }
}

/** What a group asks of the workspace it lives in. */
export interface LiveStream {
  /** Where the log was read to. */
  readonly position: number;
  readonly epoch: string;
  now(): number;
  /** The unit of work in which everything up to the current position is looked at, shared by all groups. */
  unit(): Scope;
  between(after: StreamHead, upTo: number): Promise<readonly LoggedEvent[] | null>;
}

export type Render<Payload> = (payload: Payload, scope: Scope) => Promise<Buffer>;

const firstRetryMs = 100;
const longestRetryMs = 2000;
const giveUpAfterMs = 60_000;

/**
 * Everybody who asks the same operation with the same variables. A step is worked out once for all whose rights say the
 * same of it (SampleViewer), executed once and serialised once; rights are those of the moment of writing. Followers
 * stand where they were last told, so one who comes back, or was too slow, is simply further behind than the others.
 */
export class LiveGroup<Payload = unknown> {
  readonly #followers = new Set<Follower>();
  readonly #signals = new Set<string>();
  /** Where everybody stands who is not behind. */
  #done: Mark;
  #dirty = false;
  #beating = false;
  #running = false;
  #closed = false;
  #work: Promise<void> = Promise.resolve();
  #failingSince: number | null = null;
  #retryMs = firstRetryMs;

  constructor(
    readonly source: LiveSource<Payload>,
    private readonly stream: LiveStream,
    private readonly render: Render<Payload>,
    private readonly logger: Logger,
  ) {
    this.#done = this.#here();
  }

  get size(): number {
    return this.#followers.size;
  }

  /** Whether everybody has been told everything. */
  get settled(): boolean {
    return !this.#dirty && !this.#running;
  }

  /** Resolves once nothing is being worked out any more. */
  get done(): Promise<void> {
    return this.#work;
  }

  add(follower: Follower): void {
    this.#followers.add(follower);
    this.wake();
  }

  remove(follower: Follower): void {
    this.#followers.delete(follower);
  }

  /** Something concerns the group, and nothing did up to `before` while it was at rest. */
  wake(signal?: string, before = this.stream.position): void {
    if (signal !== undefined) this.#signals.add(signal);
    if (this.settled) this.#done.position = before;
    this.#dirty = true;
    if (!this.#running && !this.#closed) this.#work = this.#run();
  }

  /** Tells everybody who is up to date that they are. */
  beat(): void {
    if (!this.source.heartbeat) return;
    this.#beating = true;
    this.wake();
  }

  /** Somebody's rights became others. */
  unsettle(seat: Seat): void {
    for (const follower of this.#followers) if (follower.seat === seat) follower.unsettled = true;
    this.wake();
  }

  /** Nothing that was told says anything any more. */
  reset(): void {
    for (const follower of this.#followers) follower.unsettled = true;
    this.wake();
  }

  /** Somebody is no longer who they were. */
  dismiss(seat: Seat): void {
    for (const { seat: taken, outlet } of [...this.#followers]) if (taken === seat) outlet.end(LiveEnd.SIGNED_OUT);
  }

  end(reason: LiveEnd): void {
    this.#closed = true;
    for (const { outlet } of [...this.#followers]) outlet.end(reason);
    this.#followers.clear();
  }

  async #run(): Promise<void> {
    this.#running = true;
    // What was announced together is looked at together.
    await Promise.resolve();
    while (this.#dirty && !this.#closed && this.#followers.size > 0) {
      this.#dirty = false;
      const signals = [...this.#signals];
      this.#signals.clear();
      try {
        await this.#tellAll(signals);
        this.#failingSince = null;
        this.#retryMs = firstRetryMs;
        if (this.source.restMs) await new Promise((resolve) => setTimeout(resolve, this.source.restMs));
      } catch (error) {
        for (const signal of signals) this.#signals.add(signal);
        this.#dirty = true;
        await this.#pause(error);
      }
    }
    this.#running = false;
  }

  async #pause(error: unknown): Promise<void> {
    this.#failingSince ??= performance.now();
    this.logger.error({ err: error }, 'could not work out a delivery; it is tried again');
    if (performance.now() - this.#failingSince > giveUpAfterMs) return this.end(LiveEnd.FAILED);
    await new Promise((resolve) => setTimeout(resolve, this.#retryMs));
    this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
  }

  async #tellAll(signals: readonly string[]): Promise<void> {
    const head: Mark = this.#here();
    const cohorts = this.#cohorts();
    // Those who are furthest come first: nobody waits for one who has a day to catch up with.
    const ordered = [...cohorts.values()].sort((a, b) => reached(b) - reached(a));
    const told = await Promise.allSettled(ordered.map((cohort) => this.#tell(cohort, head, signals)));
    const failed = told.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    this.#done = head;
    if (this.#beating) await this.#beat(head);
  }

  async #beat(head: Mark): Promise<void> {
    this.#beating = false;
    if (!this.source.heartbeat) return;
    const result = await this.render(this.source.heartbeat(head), this.stream.unit());
    for (const follower of this.#followers) if (follower.told === head && !follower.outlet.congested) follower.outlet.write(result);
  }

  /** Followers by where they stand, the slow ones left out until they have read what they were sent. */
  #cohorts(): Map<string, Follower[]> {
    const cohorts = new Map<string, Follower[]>();
    for (const follower of this.#followers) {
      if (follower.outlet.congested) continue;
      const key = this.#standing(follower);
      const cohort = cohorts.get(key);
      if (cohort) cohort.push(follower);
      else cohorts.set(key, [follower]);
    }
    return cohorts;
  }

  #standing({ told, unsettled, resumes }: Follower): string {
    if (unsettled) return 'unsettled';
    if (resumes && told) return `resumes ${told.epoch} ${told.position} ${told.at}`;
    if (told === this.#done) return 'live';
    if (told === null) return 'new';
    return `${told.epoch} ${told.position} ${told.at}`;
  }

  async #tell(cohort: readonly Follower[], head: Mark, signals: readonly string[]): Promise<void> {
    const [first] = cohort;
    if (!first) return;
    if (first.unsettled) return this.#restart(cohort, head);
    if (first.told === null) return this.#begin(cohort, head);
    const since = { ...first.told };
    const events = await this.stream.between(since, head.position);
    if (events === null) return this.#restart(cohort, head);
    const mustReload = (follower: Follower) => follower.resumes && changesAccess(events, follower.seat.viewer);
    await this.#restart(cohort.filter(mustReload), head);
    await this.#step(
      cohort.filter((follower) => follower.told !== head),
      { since, head, events, signals },
      head,
    );
  }

  /** Tells those who cannot be told what they missed to load anew, or what stands now. */
  async #restart(followers: readonly Follower[], head: Mark): Promise<void> {
    if (followers.length === 0) return;
    for (const follower of followers) follower.unsettled = false;
    if (!this.source.reload) return this.#begin(followers, head);
    const result = await this.render(this.source.reload(head), this.stream.unit());
    for (const follower of followers) this.#write(follower, [result], head);
  }

  async #begin(followers: readonly Follower[], head: Mark): Promise<void> {
    await this.#share(followers, async (scope, speaksFor) => {
      const { payloads, held } = await this.source.begin(scope, head);
      const results = await this.#renderAll(payloads, scope);
      for (const follower of speaksFor()) {
        follower.held = held;
        this.#write(follower, results, head);
      }
    });
  }

  async #step(followers: readonly Follower[], step: LiveStep, head: Mark): Promise<void> {
    await this.#share(followers, async (scope, speaksFor) => {
      const outcome = await this.source.step(scope, step);
      if ('payloads' in outcome) {
        const results = await this.#renderAll(outcome.payloads, scope);
        for (const follower of speaksFor()) this.#write(follower, results, head);
        return;
      }
      const byPayload = new Map<string, { payload: Payload | null; followers: [Follower, unknown][] }>();
      for (const follower of speaksFor()) {
        const { payload, held } = outcome.each(follower.held);
        const key = JSON.stringify(payload);
        const same = byPayload.get(key) ?? { payload, followers: [] };
        same.followers.push([follower, held]);
        byPayload.set(key, same);
      }
      for (const { payload, followers: same } of byPayload.values()) {
        const results = payload === null ? [] : [await this.render(payload, scope)];
        for (const [follower, held] of same) {
          follower.held = held;
          this.#write(follower, results, head);
        }
      }
    });
  }

  /** Does some work once for all whose rights say the same, until everybody has been served. */
  async #share(followers: readonly Follower[], work: (scope: Scope, speaksFor: () => Follower[]) => Promise<void>): Promise<void> {
    let rest = followers;
    while (rest.length > 0) {
      const [first] = rest;
      if (!first) return;
      const sample = new SampleViewer(first.seat.viewer);
      const asked = rest;
      let left = rest;
      await work(this.stream.unit().seenBy(sample), () => {
        const served: Follower[] = [];
        // One whose rights changed meanwhile speaks for nobody, not even for themselves, and is asked again.
        left = asked.filter((follower) => !sample.speaksFor(follower.seat.viewer) || served.push(follower) === 0);
        return served;
      });
      rest = left;
    }
  }

  #renderAll(payloads: readonly Payload[], scope: Scope): Promise<Buffer[]> {
    return Promise.all(payloads.map((payload) => this.render(payload, scope)));
  }

  #write(follower: Follower, results: readonly Buffer[], head: Mark): void {
    follower.told = head;
    follower.resumes = false;
    if (!this.#followers.has(follower)) return;
    for (const result of results) follower.outlet.write(result);
  }

  #here(): Mark {
    return { epoch: this.stream.epoch, position: this.stream.position, at: this.stream.now() };
  }
}

function reached([first]: readonly Follower[]): number {
  return first?.told?.position ?? 0;
}
