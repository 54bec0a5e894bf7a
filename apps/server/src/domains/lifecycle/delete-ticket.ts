import { LockMode } from '@mikro-orm/core';
import { NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import { may } from '../../kernel/viewer.ts';
import { Cursors, isEarlier, requirePageSize } from '../../platform/paging.ts';
import type { Scope } from '../../platform/scope.ts';
import { lockTicket, Ticket, TicketEvent, TicketNotFound } from '../tickets/index.ts';

const deleted = (to: boolean) => [{ field: 'deleted', from: to ? null : true, to: to ? true : null }];

/** Takes a ticket out of everybody's sight. Nothing of it is lost, its number is given to no other, and it can be restored. */
export function deleteTicket(scope: Scope, ticketId: string): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicket(tx, ticketId);
    requireDeleting(tx);
    ticket.deletedAt = tx.now();
    ticket.deletedById = tx.viewer.memberId;
    tx.record(domainEvent(TicketEvent.DELETED, ticketId, { changes: deleted(true) }));
    return ticket;
  });
}

/** Puts a deleted ticket back as it was. Its clocks go on from what had elapsed. */
export function restoreTicket(scope: Scope, ticketId: string): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    requireDeleting(tx);
    const { em, workspaceId } = tx;
    const wanted = { workspaceId, id: ticketId, deletedAt: { $ne: null } };
    const ticket = isId(ticketId) ? await em.findOne(Ticket, wanted, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true }) : null;
    if (!ticket) throw new TicketNotFound();
    ticket.deletedAt = null;
    ticket.deletedById = null;
    tx.record(domainEvent(TicketEvent.RESTORED, ticketId, { changes: deleted(false) }));
    return ticket;
  });
}

export interface DeletedPage {
  readonly tickets: readonly Ticket[];
  readonly hasNext: boolean;
}

export const deletedCursors = new Cursors<Ticket>('deletedTickets', ['timestamptz', 'uuid'], ({ deletedAt, id }) => [deletedAt ?? '', id]);

/** What was deleted, the last first, for those who may delete. */
export async function listDeleted(scope: Scope, first: number, after: string | null): Promise<DeletedPage> {
  requireDeleting(scope);
  const { em, workspaceId } = scope;
  const count = requirePageSize('first', first);
  const last = deletedCursors.read('after', after);
  const found = await em.find(
    Ticket,
    { workspaceId, deletedAt: { $ne: null }, ...(last ? isEarlier('deletedAt', last) : {}) },
    { orderBy: { deletedAt: 'desc', id: 'desc' }, limit: count + 1 },
  );
  return { tickets: found.slice(0, count), hasNext: found.length > count };
}

function requireDeleting({ viewer }: Scope): void {
  if (!may(viewer, 'ticket.delete'))
    throw new NotPermitted('Deleting and restoring tickets needs the permission "ticket.delete". Ask an administrator.');
}
