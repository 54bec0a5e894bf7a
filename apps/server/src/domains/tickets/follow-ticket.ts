import { isId } from '../../kernel/id.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';

/**
 * Ticks at the start and whenever something happened to the ticket. It carries nothing: each tick is answered with the
 * state and the rights of that moment, so several that come at once are as good as one.
 */
export function followTicket(ticketId: string): LiveSource<true> {
  return {
    topics: [`ticket:${ticketId}`],
    begin: async () => ({ payloads: isId(ticketId) ? [true] : [] }),
    step: async (_scope, { events }) => ({ payloads: events.some((event) => event.ticketId === ticketId) ? [true] : [] }),
  };
}
