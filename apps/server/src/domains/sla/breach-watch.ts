import { settleClock } from '@baton/rules';
import { domainEvent } from '../../kernel/domain-event.ts';
import { nobody } from '../../kernel/viewer.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Scope } from '../../platform/scope.ts';
import { lockTicket } from '../tickets/index.ts';
import { ClockBook } from './clock-book.ts';
import { SlaEvent } from './sla.events.ts';

const lookMs = 1000;
const batchSize = 200;

/**
 * Records each breach and each warning within a second of its instant and exactly once: the clock is read again under
 * its ticket's lock, and what is recorded has no such instant any more. Any number of nodes may watch.
 */
export class BreachWatch {
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #busy = false;

  constructor(
    private readonly systemScope: (workspaceId: string) => Scope,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#busy) return;
      this.#busy = true;
      this.#looking = this.look()
        .catch((error: unknown) => this.logger.error({ err: error }, 'could not look for breached clocks; tried again within a second'))
        .finally(() => (this.#busy = false));
    }, lookMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async look(): Promise<void> {
    const anywhere = this.systemScope(nobody);
    const due: { workspace_id: string; ticket_id: string }[] = await anywhere.em.execute(
      `(select workspace_id, ticket_id, due_at as at from sla_clock where due_at <= ? order by due_at limit ?)
       union all (select workspace_id, ticket_id, warn_at from sla_clock where warn_at <= ? order by warn_at limit ?)
       order by at limit ?`,
      [anywhere.now(), batchSize, anywhere.now(), batchSize, batchSize],
    );
    for (const { workspace_id, ticket_id } of due) {
      try {
        await recordBreaches(this.systemScope(workspace_id), ticket_id);
      } catch (error) {
        // One ticket that cannot be written must not keep the others waiting.
        this.logger.error({ err: error, ticket: ticket_id }, 'could not record a breach; tried again within a second');
      }
    }
  }
}

/** Records what has breached on a ticket by now, and whom to warn of what is about to. */
export function recordBreaches(scope: Scope, ticketId: string): Promise<void> {
  return scope.transaction(async (tx) => {
    await lockTicket(tx, ticketId);
    const book = await ClockBook.open(tx, ticketId);
    const policy = await book.policy();
    if (!policy) return;
    const now = tx.now();
    for (const clock of book.clocks) {
      const before = clock.breachedAt;
      clock.set(settleClock(await book.reading(clock), now.getTime()), policy.warning);
      const told = (type: string) => tx.record(domainEvent(type, ticketId, { changes: [{ field: 'sla', from: null, to: clock.metric }] }));
      if (clock.breachedAt && !before) told(SlaEvent.BREACHED);
      else if (clock.warnAt && clock.warnAt <= now) {
        clock.warnedAt = now;
        clock.warnAt = null;
        told(SlaEvent.WARNED);
      }
    }
    await book.save();
  });
}
