import { startClock, type Clock, type Priority } from '@baton/rules';
import type { Scope } from '../../platform/scope.ts';
import { setTicketDue } from '../tickets/index.ts';
import { calendarOf } from './calendars.ts';
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
  /** What the ticket was last told, in milliseconds since 1970. */
  #told: number | null;

  private constructor(tx: Scope, ticketId: string, clocks: readonly SlaClock[]) {
    this.#tx = tx;
    this.#ticketId = ticketId;
    this.all = [...clocks];
    this.#clocks = new Map(clocks.map((clock) => [clock.metric, clock]));
    this.#told = this.#due;
  }

  static async open(tx: Scope, ticketId: string): Promise<ClockBook> {
    const where = { workspaceId: tx.workspaceId, ticketId };
    return new ClockBook(tx, ticketId, await tx.em.find(SlaClock, where, { orderBy: { cycle: 'asc' } }));
  }

  get clocks(): SlaClock[] {
    return [...this.#clocks.values()];
  }

  get(metric: SlaMetric): SlaClock | undefined {
    return this.#clocks.get(metric);
  }

  /** The policy that the ticket's clocks run by; null where it has none. */
  async policy(): Promise<PinnedPolicy | null> {
    const [clock] = this.clocks;
    return clock ? pinnedPolicy(this.#tx, clock.policyId, clock.policyVersion, clock) : null;
  }

  /** The clock's arithmetic at hand. */
  async reading(clock: SlaClock): Promise<Clock> {
    return clock.reading(await calendarOf(this.#tx, clock));
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

  /**
   * Writes the clocks and tells the ticket when it is next due, by which lists sort and filter. A breached clock that
   * still runs keeps its ticket due at the instant it breached: it is overdue, not forgotten.
   */
  async save(): Promise<void> {
    await this.#tx.em.flush();
    const due = this.#due;
    if (due !== this.#told) await setTicketDue(this.#tx, this.#ticketId, due === null ? null : new Date(due));
    this.#told = due;
  }

  get #due(): number | null {
    const running = this.clocks.filter((clock) => clock.runningSince);
    const dues = running.map((clock) => clock.breachedAt ?? clock.dueAt).filter((due) => due !== null && due !== undefined);
    return dues.length > 0 ? Math.min(...dues.map(Number)) : null;
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
