import { settleClock } from '@baton/rules';
import { domainEvent, type DomainEvent, type FieldChange } from '../../kernel/domain-event.ts';
import { nobody } from '../../kernel/viewer.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Scope } from '../../platform/scope.ts';
import { Watch } from '../../platform/watch.ts';
import { lockTicket } from '../tickets/index.ts';
import { ClockBook } from './clock-book.ts';
import { pinnedPolicy } from './policy.ts';
import type { SlaClock } from './sla.entity.ts';
import { SlaEvent } from './sla.events.ts';

const batchSize = 200;

/**
 * Records each breach and each warning at its instant and exactly once: the clock is read again under its ticket's lock,
 * and what is recorded has no such instant any more. Sleeps until the next one, and looks each second whether there is
 * one sooner. Any number of nodes may watch.
 */
export class BreachWatch {
  readonly #watch: Watch;

  constructor(
    private readonly systemScope: (workspaceId: string) => Scope,
    private readonly logger: Logger,
  ) {
    this.#watch = new Watch('look for breached clocks', logger, () => this.look());
  }

  start(): void {
    this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }

  /** Records what has come; answers how long it is until the next, in milliseconds. */
  async look(): Promise<number | null> {
    const anywhere = this.systemScope(nobody);
    const now = anywhere.now();
    const due: { workspace_id: string; ticket_id: string }[] = await anywhere.em.execute(
      `(select workspace_id, ticket_id, due_at as at from sla_clock where due_at <= ? order by due_at limit ?)
       union all (select workspace_id, ticket_id, warn_at from sla_clock where warn_at <= ? order by warn_at limit ?)
       union all (select workspace_id, ticket_id, step_at from sla_clock where step_at <= ? order by step_at limit ?)
       union all (select workspace_id, ticket_id, breached_at from sla_clock where untold limit ?)
       order by at limit ?`,
      [now, batchSize, now, batchSize, now, batchSize, batchSize, batchSize],
    );
    for (const { workspace_id, ticket_id } of due) {
      try {
        await recordBreaches(this.systemScope(workspace_id), ticket_id);
      } catch (error) {
        // One ticket that cannot be written must not keep the others waiting.
        this.logger.error({ err: error, ticket: ticket_id }, 'could not record a breach; tried again within a second');
      }
    }
    const [next]: { at: string | null }[] = await anywhere.em.execute(
      `select (extract(epoch from least(
         (select min(due_at) from sla_clock where due_at > ?), (select min(warn_at) from sla_clock where warn_at > ?),
         (select min(step_at) from sla_clock where step_at > ?))) * 1000)::bigint as at`,
      [now, now, now],
    );
    return next?.at ? Number(next.at) - anywhere.now().getTime() : null;
  }
}

/**
 * Records what has breached on a ticket by now, also by a change that somebody made, and whom to warn of what is about to.
 * The policy that a clock is pinned to says what else is to be done; the desk itself does it, whoever brought it about.
 */
export function recordBreaches(scope: Scope, ticketId: string): Promise<void> {
  return scope.transaction(async (tx) => {
    await lockTicket(tx, ticketId);
    const book = await ClockBook.open(tx, ticketId);
    const now = tx.now();
    for (const clock of book.clocks) {
      const policy = await pinnedPolicy(tx, clock.policyId, clock.policyVersion, clock);
      clock.set(settleClock(await book.asClock(clock), now.getTime()), policy);
      if (!clock.overdueSince && clock.warnAt && clock.warnAt <= now) {
        clock.warnedAt = now;
        clock.warnAt = null;
        tx.record(slaEvent(SlaEvent.WARNED, clock));
      }
    }
    for (const clock of book.all.filter(({ untold }) => untold)) {
      clock.untold = false;
      tx.record(slaEvent(SlaEvent.BREACHED, clock));
    }
    for (const clock of book.clocks) await passSteps(tx, book, clock, now);
    await book.save();
  });
}

/** Says, once each, by how much a ticket has come to be overdue, as far as its policy has steps for it. */
async function passSteps(tx: Scope, book: ClockBook, clock: SlaClock, now: Date): Promise<void> {
  const policy = await pinnedPolicy(tx, clock.policyId, clock.policyVersion, clock);
  const reading = await book.asClock(clock);
  while (clock.stepAt && clock.stepAt <= now) {
    clock.escalatedMinutes = clock.nextStep(policy.steps) ?? clock.escalatedMinutes;
    clock.set(reading, policy);
    tx.record(slaEvent(SlaEvent.OVERDUE, clock, [{ field: 'overdueMinutes', from: null, to: String(clock.escalatedMinutes) }]));
  }
}

function slaEvent(type: string, { ticketId, metric, breachCause }: SlaClock, more: FieldChange[] = []): DomainEvent {
  const cause = type === SlaEvent.BREACHED && breachCause ? [{ field: 'cause', from: null, to: breachCause }] : [];
  return domainEvent(type, ticketId, { changes: [{ field: 'sla', from: null, to: metric }, ...cause, ...more] });
}
