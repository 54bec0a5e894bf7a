import { InvalidInput } from '../../kernel/domain-error.ts';
import type { Scope } from '../../platform/scope.ts';
import { lockTicketToEdit } from './find-ticket.ts';
import { requireReference, statusById } from './references.ts';
import { requireUnchanged } from './still-true.ts';
import type { Status } from './status.entity.ts';
import type { Ticket } from './ticket.entity.ts';
import { TicketEvent, ticketEvent } from './ticket.events.ts';

export interface ChangeStatus {
  readonly ticketId: string;
  readonly from: string;
  readonly to: string;
}

/** What the workspace asks of a ticket before it comes into a status. */
function requireWay(ticket: Ticket, { fromIds, requiresAssignee }: Status): void {
  if (fromIds.length > 0 && !fromIds.includes(ticket.statusId)) {
    throw new InvalidInput('In this workspace a ticket does not come into that status from the one it has. Choose another.', 'statusId');
  }
  if (requiresAssignee && ticket.assigneeId === null)
    throw new InvalidInput('In this status somebody works on the ticket. Give it to somebody first.', 'statusId');
}

export async function changeStatus(scope: Scope, { ticketId, from, to }: ChangeStatus): Promise<Ticket> {
  // Before the ticket is locked: nobody waits for what seldom changes.
  const status = await requireReference(scope, statusById, to, 'statusId', 'status');
  return scope.transaction(async (tx) => {
    const ticket = await lockTicketToEdit(tx, ticketId);
    await requireUnchanged(tx, ticket, 'statusId', { from, to });
    if (ticket.statusId === to) return ticket;

    requireWay(ticket, status);
    const change = { field: 'statusId', from: ticket.statusId, to };
    ticket.moveTo(status, tx.now());
    tx.record(ticketEvent(TicketEvent.STATUS_CHANGED, ticketId, [change]));
    return ticket;
  });
}
