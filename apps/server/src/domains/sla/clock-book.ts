import { readClock, startClock, type Clock, type Priority, type Segment } from '@baton/rules';
import type { Scope } from '../../platform/scope.ts';
import { setTicketDue } from '../tickets/index.ts';
import { calendarOf } from './calendars.ts';
import { listSegments } from './find-clocks.ts';
import { measureOf, pinnedPolicy, type PinnedPolicy } from './policy.ts';
import { SegmentReason, SlaClock, SlaMetric, SlaSegment } from './sla.entity.ts';

/**
 * The clocks of one ticket, for changing: the ticket's lock, which the caller holds, covers them. Every change of whether
 * a clock runs, or by what, ends a segment of its ledger and begins the next.
 */
export class ClockBook {
  readonly #tx: Scope;
  readonly #ticketId: string;
  /** The newest cycle of each metric. */
  readonly #clocks: Map<SlaMetric, SlaClock>;
  /** Of every cycle. */
  readonly all: SlaClock[];
  /** The due time that the ticket's row has, in milliseconds since 1970. */
  #writtenDue: number | null = null;

  private constructor(tx: Scope, ticketId: string, clocks: readonly SlaClock[]) {
    this.#tx = tx;
    this.#ticketId = ticketId;
    this.all = [...clocks];
    this.#clocks = new Map(clocks.map((clock) => [clock.metric, clock]));
  }

  static async open(tx: Scope, ticketId: string): Promise<ClockBook> {
    const where = { workspaceId: tx.workspaceId, ticketId };
    const book = new ClockBook(tx, ticketId, await tx.em.find(SlaClock, where, { orderBy: { cycle: 'asc' } }));
    book.#writtenDue = await book.#due();
    return book;
  }

  get clocks(): SlaClock[] {
    return [...this.#clocks.values()];
  }

  get(metric: SlaMetric): SlaClock | undefined {
    return this.#clocks.get(metric);
  }

  /**
   * The policy that the ticket's clocks run by; null without clocks. A stopped clock keeps the policy of its outcome, so one
   * that can still run says which policy is the ticket's now.
   */
  async policy(): Promise<PinnedPolicy | null> {
    const clock = this.clocks.find(({ stoppedAt }) => stoppedAt === null) ?? this.get(SlaMetric.RESOLUTION) ?? this.clocks[0];
    return clock ? pinnedPolicy(this.#tx, clock.policyId, clock.policyVersion, clock) : null;
  }

  /** The clock for the arithmetic of `@baton/rules`. */
  async asClock(clock: SlaClock): Promise<Clock> {
    return clock.asClock(await calendarOf(this.#tx, clock));
  }

  /** The ledger of a clock with everything that this book has changed. */
  async history(clock: SlaClock): Promise<Segment[]> {
    await this.#tx.em.flush();
    return listSegments(this.#tx, clock);
  }

  /** Begins a promise, or the next cycle of one. */
  begin(metric: SlaMetric, policy: PinnedPolicy, priority: Priority, at: Date): SlaClock {
    const { workspaceId, em } = this.#tx;
    const { policyId, policyVersion, calendarId, calendarVersion } = policy;
    const clock = new SlaClock();
    Object.assign(clock, {
      workspaceId,
      ticketId: this.#ticketId,
      metric,
      cycle: (this.#clocks.get(metric)?.cycle ?? 0) + 1,
      policyId,
      policyVersion,
      calendarId,
      calendarVersion,
      warnedAt: null,
      overdueSince: null,
      breachedAt: null,
      breachCause: null,
      untold: false,
      escalatedMinutes: 0,
    });
    clock.set(startClock(measureOf(policy, metric, priority), at.getTime()), policy);
    em.persist(clock);
    this.#clocks.set(metric, clock);
    this.all.push(clock);
    this.#addSegment(clock, SegmentReason.STARTED, at);
    return clock;
  }

  /** Sets a clock to what it became, by the policy it is pinned to or by another from now on, and keeps why. */
  async turn(clock: SlaClock, next: Clock, reason: SegmentReason, at: Date, other: PinnedPolicy | null = null): Promise<void> {
    const policy = other ?? (await pinnedPolicy(this.#tx, clock.policyId, clock.policyVersion, clock));
    const ran = clock.runningSince !== null;
    const { policyId, policyVersion, calendarId, calendarVersion } = policy;
    Object.assign(clock, { policyId, policyVersion, calendarId, calendarVersion });
    // A target that was passed already when it came to count: the change is what breached it.
    if (other && clock.breachedAt === null && next.breachedAt === at.getTime()) clock.breachCause = reason;
    clock.set(next, policy);
    if (ran === (next.runningSince !== null) && other === null) return;
    await this.#endSegment(clock, at);
    this.#addSegment(clock, reason, at);
  }

  /** Writes the clocks, and to the ticket when it is or was due next, by which lists sort and filter. */
  async save(): Promise<void> {
    await this.#tx.em.flush();
    const due = await this.#due();
    if (due !== this.#writtenDue) await setTicketDue(this.#tx, this.#ticketId, due === null ? null : new Date(due));
    this.#writtenDue = due;
  }

  async #due(): Promise<number | null> {
    const now = this.#tx.now().getTime();
    const clocks = await Promise.all(this.clocks.map((clock) => this.asClock(clock)));
    const dues = clocks.flatMap((clock) => readClock(clock, now).dueAt ?? []);
    return dues.length > 0 ? Math.min(...dues) : null;
  }

  async #endSegment({ workspaceId, ticketId, metric, cycle }: SlaClock, at: Date): Promise<void> {
    const { em } = this.#tx;
    await em.flush();
    // One that lasted no time tells nothing.
    await em.execute(
      `with gone as (delete from sla_segment where workspace_id = ? and ticket_id = ? and metric = ? and cycle = ? and to_at is null and from_at >= ?)
       update sla_segment set to_at = ? where workspace_id = ? and ticket_id = ? and metric = ? and cycle = ? and to_at is null and from_at < ?`,
      [workspaceId, ticketId, metric, cycle, at, at, workspaceId, ticketId, metric, cycle, at],
    );
  }

  #addSegment(clock: SlaClock, reason: SegmentReason, at: Date): void {
    const { workspaceId, ticketId, metric, cycle, policyId, policyVersion, calendarId, calendarVersion } = clock;
    const segment = new SlaSegment();
    Object.assign(segment, { workspaceId, ticketId, metric, cycle, fromAt: at, toAt: null, running: clock.runningSince !== null, reason });
    Object.assign(segment, { policyId, policyVersion, calendarId, calendarVersion });
    this.#tx.em.persist(segment);
  }
}
