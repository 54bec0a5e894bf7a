import { LockMode } from '@mikro-orm/core';
import type { Scope } from '../../platform/scope.ts';
import { memberById, teamById, Workspace } from '../identity/index.ts';
import { listStatuses } from './references.ts';
import { Ticket } from './ticket.entity.ts';
import { TicketNotFound } from './ticket.errors.ts';
import { TicketEvent, ticketEvent } from './ticket.events.ts';
import { canWork } from './ticket.policy.ts';

const dayMs = 86_400_000;

/** The ticket that a client's link opens, locked until the transaction ends. */
export async function lockClientsTicket(tx: Scope): Promise<Ticket> {
  const { viewer, workspaceId, em } = tx;
  const id = viewer.kind === 'CLIENT' ? viewer.ticketId : undefined;
  const ticket = id ? await em.findOne(Ticket, { workspaceId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true }) : null;
  if (!ticket || ticket.deletedAt) throw new TicketNotFound();
  return ticket;
}

/**
 * What a message of the client does to a locked ticket: one that waits or is done is open again, one that sleeps wakes. Answers false for one
 * that was closed too long ago, which stays so.
 */
export async function reopenTicket(tx: Scope, ticket: Ticket): Promise<boolean> {
  const { category, statusSince, mergedIntoId } = ticket;
  // Merged into one of another client, whom their link must not show.
  if (mergedIntoId) return false;
  if (category === 'CLOSED') {
    const { reopenDays } = await tx.em.findOneOrFail(Workspace, { id: tx.workspaceId });
    if (tx.now().getTime() - statusSince.getTime() > reopenDays * dayMs) return false;
  }
  if (ticket.snoozedUntil && ticket.snoozedUntil > tx.now()) {
    const change = { field: 'snoozedUntil', from: ticket.snoozedUntil, to: null };
    ticket.snoozedUntil = null;
    tx.record(ticketEvent(TicketEvent.SNOOZED, ticket.id, [change]));
  }
  if (category !== 'WAITING' && category !== 'RESOLVED' && category !== 'CLOSED') return true;
  const open = (await listStatuses(tx)).find((status) => status.category === 'OPEN');
  if (!open) return true;
  const change = { field: 'statusId', from: ticket.statusId, to: open.id };
  ticket.moveTo(open, tx.now());
  tx.record(ticketEvent(TicketEvent.STATUS_CHANGED, ticket.id, [change]));
  if (category !== 'WAITING') await freeForOthers(tx, ticket);
  return true;
}

/**
 * What was done comes back to whom it was assigned, while they are there. Otherwise, and where the team wants it so, it goes
 * to the queue, for whoever is free: with somebody who left it would wait for ever.
 */
async function freeForOthers(tx: Scope, ticket: Ticket): Promise<void> {
  const { assigneeId: from, teamId } = ticket;
  if (from === null) return;
  const assignee = await tx.load(memberById, from);
  const team = await tx.load(teamById, teamId);
  if (assignee && canWork(assignee.role, assignee.active) && !team?.reopenToQueue) return;
  ticket.assigneeId = null;
  tx.record(ticketEvent(TicketEvent.ASSIGNED, ticket.id, [{ field: 'assigneeId', from, to: null }]));
}
