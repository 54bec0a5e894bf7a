import { settleClock } from '@baton/rules';
import { domainEvent, type DomainEvent, type FieldChange } from '../../kernel/domain-event.ts';
import { nobody } from '../../kernel/viewer.ts';
import type { RetentionRule } from '../../platform/housekeeping.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Scope } from '../../platform/scope.ts';
import { Worker, type DueQuery } from '../../platform/work/worker.ts';
import { lockTicket } from '../tickets/index.ts';
import { ClockBook } from './clock-book.ts';
import { pinnedPolicy } from './policy.ts';
import type { SlaClock } from './sla.entity.ts';
import { SlaEvent } from './sla.events.ts';

const batchSize = 200;

/**
 * Records each breach and each warning at its instant and exactly once: the clock is read again under its ticket's lock,
 * and what is recorded has no such instant any more.
 */
export class BreachWatch {
  readonly #worker: Worker;

  constructor(
    private readonly systemScope: (workspaceId: string) => Scope,
    logger: Logger,
  ) {
    const anywhere = systemScope(nobody);
    this.#worker = new Worker({
      worker: 'SLA_CLOCK',
      openEm: () => anywhere.em.fork(),
      clock: anywhere.clock,
      logger,
      batchSize,
      due: dueClocks,
      run: ({ workspaceId, ticketId }) => recordBreaches(systemScope(workspaceId), ticketId ?? ''),
      next: () => this.#untilNext(),
    });
  }

  start(): void {
    this.#worker.start();
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  retention(days: number): RetentionRule[] {
    return [this.#worker.retention(days)];
  }

  look(): Promise<number | null> {
    return this.#worker.look();
  }

  async #untilNext(): Promise<number | null> {
    const { em, clock } = this.systemScope(nobody);
    const now = clock();
    const [next]: { at: string | null }[] = await em.execute(
      `select (extract(epoch from least(
         (select min(due_at) from sla_clock where due_at > ?), (select min(warn_at) from sla_clock where warn_at > ?),
         (select min(step_at) from sla_clock where step_at > ?))) * 1000)::bigint as at`,
      [now, now, now],
    );
    return next?.at ? Number(next.at) - clock().getTime() : null;
  }
}

/** A clock that changes gets another instant and with it another item, so a failure of the past does not hold it back. */
function dueClocks({ now, free }: DueQuery): string {
  return (['due_at', 'warn_at', 'step_at'] as const)
    .map((column) => dueBy(column, `${column} <= ${now}`, free))
    .concat(dueBy('breached_at', 'untold', free))
    .join(' union all ');
}

function dueBy(column: string, where: string, free: DueQuery['free']): string {
  const item = `ticket_id || '@' || (extract(epoch from ${column}) * 1000)::bigint`;
  return `select workspace_id, ${item} as item, ${column} as due_at, ticket_id, null::uuid as member_id from sla_clock
    where ${where} and ${free('sla_clock.workspace_id', item)}`;
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
