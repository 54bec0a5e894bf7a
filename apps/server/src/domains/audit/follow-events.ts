import type { LoggedEvent } from '../../kernel/domain-event.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import type { StreamHead } from '../../platform/live/stream-head.ts';
import type { Scope } from '../../platform/scope.ts';
import { canReadNotes } from '../notes/index.ts';
import { asFacets, canSee, findTicket } from '../tickets/index.ts';

export const StreamEventKind = { EVENT: 'EVENT', HIDDEN: 'HIDDEN', GONE: 'GONE', RELOAD: 'RELOAD', HEARTBEAT: 'HEARTBEAT' } as const;
export type StreamEventKind = (typeof StreamEventKind)[keyof typeof StreamEventKind];

/** One message of the event stream. The event is null for RELOAD and HEARTBEAT. */
export interface StreamedEvent {
  readonly kind: StreamEventKind;
  readonly event: LoggedEvent | null;
  readonly head: StreamHead;
}

/**
 * Streams every event on the tickets that the viewer sees, complete and in order, after a position. Visibility is judged
 * at delivery, so a viewer who lost a ticket does not receive its past. A ticket that was visible before an event and is
 * not visible now is announced as gone, once a step: a copy of it must not outlive the permission.
 */
export function followEvents(after: StreamHead | null): LiveSource<StreamedEvent> {
  return {
    topics: ['tickets'],
    after,
    begin: async () => ({ payloads: [] }),
    async step(scope, { events, head }) {
      const kinds = await Promise.all(events.map((event) => kindFor(scope, event)));
      const gone = new Set<string | null>();
      const payloads = events.flatMap((event, index): StreamedEvent[] => {
        const kind = kinds[index];
        if (!kind || (kind === 'GONE' && gone.has(event.ticketId))) return [];
        if (kind === 'GONE') gone.add(event.ticketId);
        return [{ kind, event, head: { ...head, position: event.position } }];
      });
      return { payloads };
    },
    reload: (head) => ({ kind: 'RELOAD', event: null, head }),
    heartbeat: (head) => ({ kind: 'HEARTBEAT', event: null, head }),
  };
}

async function kindFor(scope: Scope, { ticketId, type, facetsBefore }: LoggedEvent): Promise<'EVENT' | 'HIDDEN' | 'GONE' | null> {
  if (ticketId === null) return null;
  if (await findTicket(scope, ticketId)) return type.startsWith('note.') && !canReadNotes(scope.viewer) ? 'HIDDEN' : 'EVENT';
  const before = asFacets(facetsBefore);
  return before && canSee(scope.viewer, before, before.grantedIds) ? 'GONE' : null;
}
