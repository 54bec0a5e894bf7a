import { setTimeout } from 'node:timers/promises';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../kernel/clock.ts';
import type { DomainEvent } from '../kernel/domain-event.ts';
import type { Viewer } from '../kernel/viewer.ts';
import { isConflict } from './database-errors.ts';
import type { EventLog, RecordedEvent } from './event-log.ts';
import { Loaders, type LoaderDefinition, type RowSource } from './loader.ts';

/** Who is asking, the unit of work they ask in, and what time it is. The first argument of every use case. */
export class Scope {
  readonly #recorded: RecordedEvent[] = [];
  #reacted = 0;
  #reactingTo: string | null;

  constructor(
    readonly em: EntityManager,
    readonly viewer: Viewer,
    readonly clock: Clock,
    private readonly log: EventLog,
    private readonly loaders = new Loaders(),
    /** The event of which everything in this unit of work is the consequence. */
    private readonly causeId: string | null = null,
  ) {
    this.#reactingTo = causeId;
  }

  get workspaceId(): string {
    return this.viewer.workspaceId;
  }

  now(): Date {
    return this.clock();
  }

  /** Stores the event beside the change that caused it: both commit, or neither does. */
  record(event: DomainEvent): void {
    this.#recorded.push({ event, causeId: this.#reactingTo });
  }

  /** How many events this unit of work has recorded. */
  get recordedCount(): number {
    return this.#recorded.length;
  }

  /** Fetches by key, together with everything else asked for in the same tick. No key, no answer. */
  async load<K, V>(definition: LoaderDefinition<K, V>, key: K | null): Promise<V | null> {
    return key === null ? null : this.loaders.load(this.#rows, definition, key);
  }

  /** As `load`, and at once what is at hand: rows that seldom change have mostly been read by somebody a moment ago. */
  obtain<K, V>(definition: LoaderDefinition<K, V>, key: K | null): V | null | Promise<V | null> {
    return key === null ? null : this.loaders.obtain(this.#rows, definition, key);
  }

  /** Reads something once in this unit of work, whoever asks for it how often. `key` names what is read. */
  remember<V>(key: string, fetch: (source: RowSource) => Promise<V>): Promise<V> {
    return this.loaders.remember(this.#rows, key, fetch);
  }

  /** The same unit of work with other eyes: what was loaded stays loaded, rights are the other's. */
  seenBy(viewer: Viewer): Scope {
    return new Scope(this.em, viewer, this.clock, this.log, this.loaders);
  }

  get #rows(): RowSource {
    return { em: this.em, workspaceId: this.workspaceId };
  }

  /** The event of which this whole unit of work is the consequence, such as the start of a job; null for one of its own. */
  get cause(): string | null {
    return this.causeId;
  }

  /** The same, doing what follows from an event that happened. */
  becauseOf(causeId: string): Scope {
    return new Scope(this.em.fork(), this.viewer, this.clock, this.log, new Loaders(), causeId);
  }

  /** The same person and time in a unit of work that has loaded nothing yet. */
  fresh(): Scope {
    return new Scope(this.em.fork(), this.viewer, this.clock, this.log, this.loaders.renewed());
  }

  /** The unit of work after this one in a row of deliveries: reads anew what a ticket's events change. */
  next(): Scope {
    return new Scope(this.em.fork(), this.viewer, this.clock, this.log, this.loaders.next());
  }

  /** Runs `work` in a transaction and announces its events once committed. Joins one already open. */
  async transaction<T>(work: (tx: Scope) => Promise<T>): Promise<T> {
    if (this.em.isInTransaction()) {
      const result = await work(this);
      // Written as if the transaction were its own: whoever comes next reads rows anew when they lock them.
      await this.em.flush();
      return result;
    }
    const [result, recorded] = await retryConflict(() =>
      this.em.transactional(
        async (em) => {
          const tx = new Scope(em, this.viewer, this.clock, this.log, new Loaders(), this.causeId);
          const result = await work(tx);
          await tx.#react();
          await em.flush();
          await this.log.reactLast(tx, tx.#recorded);
          await this.log.append(tx, tx.#recorded);
          return [result, tx.#recorded] as const;
        },
        { clear: true }, // own copies: a rollback must not leave half-edited entities in the request
      ),
    );
    this.log.announce(
      this.workspaceId,
      recorded.map(({ event }) => event),
    );
    return result;
  }

  /** Reactions may record events of their own, which are reacted to in turn. */
  async #react(): Promise<void> {
    for (; this.#reacted < this.#recorded.length; this.#reacted++) {
      const event = this.#recorded[this.#reacted]?.event;
      if (!event) continue;
      this.#reactingTo = event.id;
      await this.log.react(this, event);
    }
    this.#reactingTo = this.causeId;
  }
}

const maxAttempts = 5;
/** The longest wait before the second attempt; each later one may wait twice as long. */
const firstWaitMs = 20;

/**
 * Repeats a transaction that PostgreSQL ended because it could not proceed beside another one. The random wait keeps the
 * two from meeting again.
 */
async function retryConflict<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === maxAttempts || !isConflict(error)) throw error;
      await setTimeout(Math.random() * firstWaitMs * 2 ** (attempt - 1));
    }
  }
}
