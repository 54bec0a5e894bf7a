import type { LoggedEvent, LoggedFacets } from '../../kernel/domain-event.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../logger.ts';

/** An instant of a ticket, shifted: when it comes, the ticket may enter or leave a list by time alone. */
export interface TimeEdge {
  readonly field: string;
  readonly shiftMs: number;
}

export function edgeTopic({ field, shiftMs }: TimeEdge): string {
  return `time:${field}:${shiftMs}`;
}

export interface TimeWatchSettings {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The earliest such instant of any ticket after one, in milliseconds; null when there is none. */
  readonly nextInstant: (workspaceId: string, field: string, after: number) => Promise<number | null>;
  readonly ring: (workspaceId: string, topic: string) => void;
}

const lookAgainMs = 60_000;

interface Watched {
  readonly workspaceId: string;
  readonly edge: TimeEdge;
  users: number;
  /** When to ring next; 0 while that is not known. */
  next: number;
  /** Since when no instant went by unseen: from when it was first watched, or last rang. */
  quietSince: number;
  /** While it looks: what events bring meanwhile. */
  hear: ((instant: number) => void) | null;
}

/**
 * Rings at the instants at which time alone moves a ticket into a list or out of it. One timer for all, over the
 * earliest; each event brings the new instants of its ticket, and the database is asked when a look begins and after
 * each ring.
 */
export class TimeWatch {
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly settings: TimeWatchSettings) {}

  stop(): void {
    clearTimeout(this.#timer);
    this.#watched.clear();
  }

  /** Watches edges for as long as somebody follows them. Call the answer when they go. */
  watch(workspaceId: string, edges: readonly TimeEdge[]): () => void {
    const keys = edges.map((edge) => {
      const key = `${workspaceId} ${edgeTopic(edge)}`;
      const watched = this.#watched.get(key) ?? {
        workspaceId,
        edge,
        users: 0,
        next: 0,
        quietSince: this.settings.clock().getTime(),
        hear: null,
      };
      if (watched.users++ === 0) {
        this.#watched.set(key, watched);
        void this.#look(watched);
      }
      return key;
    });
    return () => {
      for (const key of keys) {
        const watched = this.#watched.get(key);
        if (watched && --watched.users === 0) this.#watched.delete(key);
      }
    };
  }

  /** Whether it is certain that no ticket's instant lies in `(from, to]`, in milliseconds: then nobody need look. */
  isQuiet(workspaceId: string, edge: TimeEdge, from: number, to: number): boolean {
    const watched = this.#watched.get(`${workspaceId} ${edgeTopic(edge)}`);
    return watched !== undefined && watched.quietSince <= from && to < watched.next;
  }

  /** Tickets that changed may have instants that come sooner than those known. */
  hear(workspaceId: string, events: readonly LoggedEvent[]): void {
    const now = this.settings.clock().getTime();
    for (const watched of this.#watched.values()) {
      if (watched.workspaceId !== workspaceId) continue;
      for (const { facets } of events) {
        const instant = instantOf(facets, watched.edge);
        if (instant === null || instant <= now) continue;
        watched.hear?.(instant);
        watched.next = Math.min(watched.next, instant);
      }
    }
    this.#schedule();
  }

  async #look(watched: Watched): Promise<void> {
    const { workspaceId, edge } = watched;
    const now = this.settings.clock().getTime();
    let heard = Infinity;
    watched.hear = (instant) => (heard = Math.min(heard, instant));
    try {
      const found = await this.settings.nextInstant(workspaceId, edge.field, now - edge.shiftMs);
      // It also looks now and then in case a clock was set.
      watched.next = Math.min(heard, found === null ? Infinity : found + edge.shiftMs, now + lookAgainMs);
    } catch (error) {
      this.settings.logger.error({ err: error }, 'could not look for what time brings next; it is tried again within a second');
      setTimeout(() => void this.#look(watched), 1000).unref();
    }
    watched.hear = null;
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    let next = Infinity;
    for (const watched of this.#watched.values()) if (watched.next > 0) next = Math.min(next, watched.next);
    if (next === Infinity) return;
    this.#timer = setTimeout(() => this.#ring(), Math.max(0, Math.min(next - this.settings.clock().getTime(), lookAgainMs)));
  }

  #ring(): void {
    const now = this.settings.clock().getTime();
    for (const watched of this.#watched.values()) {
      if (watched.next > now || watched.next === 0) continue;
      watched.next = 0;
      watched.quietSince = now;
      this.settings.ring(watched.workspaceId, edgeTopic(watched.edge));
      void this.#look(watched);
    }
    this.#schedule();
  }
}

function instantOf(facets: LoggedFacets | null, { field, shiftMs }: TimeEdge): number | null {
  const instant = facets?.[field];
  return typeof instant === 'number' ? instant + shiftMs : null;
}
