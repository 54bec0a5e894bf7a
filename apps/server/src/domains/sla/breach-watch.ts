import { settleClock } from '@baton/rules';
import { domainEvent } from '../../kernel/domain-event.ts';
import { nobody } from '../../kernel/viewer.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Scope } from '../../platform/scope.ts';
import { lockTicket } from '../tickets/index.ts';
import { clocksOf, saveClocks } from './keep-clocks.ts';
import { SlaEvent } from './sla.events.ts';

const lookMs = 1000;
const batchSize = 200;

/**
 * Records each breach within a second of its instant and exactly once: the clock is read again under its ticket's
 * lock, and a recorded breach has no due instant any more. Any number of nodes may watch.
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
      'select workspace_id, ticket_id from sla_clock where due_at is not null and due_at <= ? order by due_at limit ?',
      [anywhere.now(), batchSize],
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

/** Records what has breached on a ticket by now. */
export function recordBreaches(scope: Scope, ticketId: string): Promise<void> {
  return scope.transaction(async (tx) => {
    await lockTicket(tx, ticketId);
    const clocks = await clocksOf(tx, ticketId);
    for (const clock of clocks) {
      const before = clock.breachedAt;
      clock.set(settleClock(clock.reading(), tx.now().getTime()));
      if (before || !clock.breachedAt) continue;
      tx.record(domainEvent(SlaEvent.BREACHED, ticketId, { changes: [{ field: 'sla', from: null, to: clock.metric }] }));
    }
    await saveClocks(tx, ticketId, clocks);
  });
}
