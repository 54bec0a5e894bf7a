import { InvalidInput } from '../../kernel/domain-error.ts';
import type { Scope } from '../../platform/scope.ts';
import { lockTicketToEdit } from './find-ticket.ts';
import type { Ticket } from './ticket.entity.ts';
import { TicketEvent, ticketEvent } from './ticket.events.ts';

const longestMs = 366 * 86_400_000;

export interface SnoozeTicket {
  readonly ticketId: string;
  /** When it comes back by itself; null = now. */
  readonly until: Date | null;
}

/** Puts a ticket aside until an instant. It comes back because time comes, so nothing has to happen for it to return. */
export function snoozeTicket(scope: Scope, { ticketId, until }: SnoozeTicket): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicketToEdit(tx, ticketId);
    const now = tx.now().getTime();
    if (until && (until.getTime() <= now || until.getTime() > now + longestMs)) {
      throw new InvalidInput('A ticket is snoozed until an instant within a year from now; leave it out to wake the ticket.', 'until');
    }
    const from = ticket.snoozedUntil ?? null;
    if (from?.getTime() === until?.getTime()) return ticket;
    ticket.snoozedUntil = until;
    tx.record(ticketEvent(TicketEvent.SNOOZED, ticket.id, [{ field: 'snoozedUntil', from, to: until }]));
    return ticket;
  });
}
