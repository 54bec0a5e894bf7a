import { NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { memberById } from '../identity/index.ts';
import { lockTicket } from './find-ticket.ts';
import { requireReference } from './references.ts';
import { requireUnchanged } from './still-true.ts';
import type { Ticket } from './ticket.entity.ts';
import { ReferenceNotFound } from './ticket.errors.ts';
import { TicketEvent } from './ticket.events.ts';
import { canAssign, canWork } from './ticket.policy.ts';

export interface AssignTicket {
  readonly ticketId: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Gives the ticket to a member, or back to nobody. Taking one is assigning it to oneself. */
export function assignTicket(scope: Scope, { ticketId, from, to }: AssignTicket): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicket(tx, ticketId);
    const receiver = to === null ? null : await requireReference(tx, memberById, to, 'assigneeId', 'member');
    if (receiver && !canWork(receiver.role, receiver.active)) throw new ReferenceNotFound('assigneeId', 'operator');
    // Before the permission: somebody who was a moment too late should learn who took it.
    if (may(tx.viewer, 'ticket.edit.own')) await requireUnchanged(tx, ticket, 'assigneeId', { from, to });
    if (ticket.assigneeId === to) return ticket;
    if (!canAssign(tx.viewer, ticket, to)) {
      throw new NotPermitted('You can take a free ticket and hand over your own. Ask a supervisor to move this one.');
    }

    const change = { field: 'assigneeId', from: ticket.assigneeId, to };
    ticket.assigneeId = to;
    tx.record(domainEvent(TicketEvent.ASSIGNED, ticketId, { changes: [change], memberIds: to ? [to] : [] }));
    return ticket;
  });
}
