import type { LoggedEvent } from '../../kernel/domain-event.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import type { StreamHead } from '../../platform/live/stream-head.ts';
import type { Scope } from '../../platform/scope.ts';
import { canReadNotes } from '../notes/index.ts';
import { findTicket } from '../tickets/index.ts';

/** One event as a program is told of it; null for a heartbeat, and where too much was missed to be told one by one. */
export interface StreamedEvent {
  readonly event: LoggedEvent | null;
  readonly reload: boolean;
  readonly head: StreamHead;
}

/**
 * Follows everything that happens on tickets the viewer sees, complete and in order, after a position. What they see is
 * judged when they are told, so of what they lost they are not even told the past.
 */
export function followEvents(after: StreamHead | null): LiveSource<StreamedEvent> {
  return {
    topics: ['tickets'],
    after,
    begin: async () => ({ payloads: [] }),
    async step(scope, { events, head }) {
      const seen = await Promise.all(events.map((event) => isSeen(scope, event)));
      return {
        payloads: events
          .filter((_, index) => seen[index])
          .map((event) => ({ event, reload: false, head: { ...head, position: event.position } })),
      };
    },
    reload: (head) => ({ event: null, reload: true, head }),
    heartbeat: (head) => ({ event: null, reload: false, head }),
  };
}

async function isSeen(scope: Scope, { ticketId, type }: LoggedEvent): Promise<boolean> {
  if (ticketId === null || (type.startsWith('note.') && !canReadNotes(scope.viewer))) return false;
  return (await findTicket(scope, ticketId)) !== null;
}
