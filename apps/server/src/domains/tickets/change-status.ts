import type { Scope } from '../../platform/scope.ts';
import { lockTicketToEdit } from './find-ticket.ts';
import { requireReference, statusById } from './references.ts';
import { requireUnchanged } from './still-true.ts';
import type { Ticket } from './ticket.entity.ts';
import { TicketEvent, ticketEvent } from './ticket.events.ts';

export interface ChangeStatus {
  readonly ticketId: string;
  readonly from: string;
  readonly to: string;
}

export function changeStatus(scope: Scope, { ticketId, from, to }: ChangeStatus): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicketToEdit(tx, ticketId);
    const status = await requireReference(tx, statusById, to, 'statusId', 'status');
    await requireUnchanged(tx, ticket, 'statusId', { from, to });
    if (ticket.statusId === to) return ticket;

    const change = { field: 'statusId', from: ticket.statusId, to };
    ticket.moveTo(status, tx.now());
    tx.record(ticketEvent(TicketEvent.STATUS_CHANGED, ticketId, [change]));
    return ticket;
  });
}
