import type { Scope } from '../../platform/scope.ts';
import { statusById } from './references.ts';
import type { Ticket } from './ticket.entity.ts';
import { TicketEvent, ticketEvent } from './ticket.events.ts';

/** Brings a locked ticket back to a status that it had, also to one that it could not be moved to. */
export async function restoreStatus(tx: Scope, ticket: Ticket, statusId: string): Promise<void> {
  const status = await tx.load(statusById, statusId);
  if (!status || ticket.statusId === statusId) return;
  tx.record(ticketEvent(TicketEvent.STATUS_CHANGED, ticket.id, [{ field: 'statusId', from: ticket.statusId, to: statusId }]));
  ticket.comeBackTo(status, tx.now());
}
