import type { EntityManager } from '@mikro-orm/postgresql';
import type { DomainEvent, LoggedFacets } from '../kernel/domain-event.ts';
import { tokenOf } from '../kernel/viewer.ts';
import { EventRecord } from './event-record.entity.ts';
import type { Scope } from './scope.ts';

/** What happened, and the event that brought it about: a chain that the activity log can be followed along. */
export interface RecordedEvent {
  readonly event: DomainEvent;
  readonly causeId: string | null;
}

/** One consequence of an event, run in the transaction that recorded it. */
export interface Reaction {
  readonly to: readonly string[];
  readonly run: (tx: Scope, event: DomainEvent) => Promise<void>;
}

/** A consequence of all events of a transaction together, run once after all other reactions. Records no events. */
export interface LastReaction {
  readonly to: readonly string[];
  readonly run: (tx: Scope, events: readonly DomainEvent[]) => Promise<void>;
}

/**
 * Lets the rest of the transaction change rows of the log, which the database otherwise refuses: the values and facets of
 * events that hold personal data, or deletes of events whose retention is over.
 */
export async function allowLogChange(em: EntityManager, reason: 'erase' | 'retention'): Promise<void> {
  await em.execute(`select set_config('baton.log_change', ?, true)`, [reason]);
}

/** Counts events on a ticket; returns its new version and facets. The lock it takes orders the log per ticket. */
export type StampTicket = (
  tx: Scope,
  ticketId: string,
  events: readonly DomainEvent[],
) => Promise<{ version: number; facets: LoggedFacets }>;

/** Writes what happened, in the transaction in which it happened, and says so after the commit. */
export class EventLog {
  readonly #reactions = new Map<string, Reaction[]>();

  constructor(
    private readonly stampTicket: StampTicket,
    reactions: readonly Reaction[],
    /** Called after each commit with what was recorded, also where that is nothing; must not throw. */
    readonly announce: (workspaceId: string, events: readonly DomainEvent[]) => void,
    private readonly lastReactions: readonly LastReaction[] = [],
  ) {
    for (const reaction of reactions) {
      for (const type of reaction.to) this.#reactions.set(type, [...(this.#reactions.get(type) ?? []), reaction]);
    }
  }

  async react(tx: Scope, event: DomainEvent): Promise<void> {
    for (const reaction of this.#reactions.get(event.type) ?? []) await reaction.run(tx, event);
  }

  async reactLast(tx: Scope, recorded: readonly RecordedEvent[]): Promise<void> {
    for (const { to, run } of this.lastReactions) {
      const events = recorded.flatMap(({ event }) => (to.includes(event.type) ? [event] : []));
      if (events.length > 0) await run(tx, events);
    }
  }

  /** The last statements before commit: a ticket's version is taken as late as can be, so its order is commit order. */
  async append(tx: Scope, events: readonly RecordedEvent[]): Promise<void> {
    if (events.length === 0) return;
    const stampOf = await this.#stampAll(tx, events);
    const { viewer } = tx;
    const at = tx.now();
    await tx.em.insertMany(
      EventRecord,
      events.map(({ event, causeId }) => ({
        workspaceId: tx.workspaceId,
        id: event.id,
        position: null,
        type: event.type,
        ticketId: event.ticketId,
        ...(event.ticketId === null ? { ticketVersion: null, facets: null } : stampOf(event.ticketId)),
        actorKind: viewer.kind,
        actorId: viewer.kind === 'MEMBER' ? viewer.memberId : null,
        tokenId: tokenOf(viewer),
        causeId,
        memberIds: [...event.memberIds],
        subjectId: event.subjectId,
        changes: event.changes,
        at,
      })),
    );
  }

  /**
   * Tickets are stamped in the order of their ids, so that two transactions never wait for each other. All events of one
   * transaction carry the facets at its end: nobody can see what was between them.
   */
  async #stampAll(tx: Scope, events: readonly RecordedEvent[]) {
    const byTicket = Map.groupBy(
      events.map(({ event }) => event),
      ({ ticketId }) => ticketId ?? '',
    );
    byTicket.delete('');
    const last = new Map<string, { ticketVersion: number; facets: LoggedFacets }>();
    for (const [ticketId, own] of [...byTicket].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const { version, facets } = await this.stampTicket(tx, ticketId, own);
      last.set(ticketId, { ticketVersion: version - own.length, facets });
    }
    return (ticketId: string) => {
      const { ticketVersion = 0, facets = {} } = last.get(ticketId) ?? {};
      const stamp = { ticketVersion: ticketVersion + 1, facets };
      last.set(ticketId, stamp);
      return stamp;
    };
  }
}
