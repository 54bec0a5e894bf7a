import { LockMode } from '@mikro-orm/core';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import { listLoaderByKey, loaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { may } from '../../kernel/viewer.ts';
import { Ticket, TicketGrant } from './ticket.entity.ts';
import { TicketNotFound } from './ticket.errors.ts';
import { canEdit, canSee } from './ticket.policy.ts';

const ticketById = loaderByKey(
  (scope, ids: readonly string[]) => scope.em.find(Ticket, { workspaceId: scope.workspaceId, id: { $in: [...ids] } }),
  (ticket) => ticket.id,
);

const grantsByTicket = listLoaderByKey(
  (source, ids: readonly string[]) => source.em.find(TicketGrant, { workspaceId: source.workspaceId, ticketId: { $in: [...ids] } }),
  (grant) => grant.ticketId,
);

/** The ticket if the viewer may see it; null otherwise, and for an id that names none. */
export async function findTicket(scope: Scope, id: string): Promise<Ticket | null> {
  if (!isId(id)) return null;
  const ticket = await scope.load(ticketById, id);
  return ticket && (await isVisible(scope, ticket)) ? ticket : null;
}

export async function findTicketByNumber(scope: Scope, number: number): Promise<Ticket | null> {
  const ticket = await scope.em.findOne(Ticket, { workspaceId: scope.workspaceId, number });
  return ticket && (await isVisible(scope, ticket)) ? ticket : null;
}

/** The ticket that it was merged into, over any number of merges, as far as the viewer can read them; itself if none. */
export async function followMerges(scope: Scope, ticket: Ticket | null): Promise<Ticket | null> {
  let last = ticket;
  for (let next = ticket; next; next = last?.mergedIntoId ? await findTicket(scope, last.mergedIntoId) : null) last = next;
  return last;
}

/** A visible ticket, locked until the transaction ends; refuses with the one answer for missing and forbidden. */
export async function lockTicket(tx: Scope, id: string): Promise<Ticket> {
  const ticket = isId(id)
    ? await tx.em.findOne(Ticket, { workspaceId: tx.workspaceId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true })
    : null;
  if (!ticket || !(await isVisible(tx, ticket))) throw new TicketNotFound();
  return ticket;
}

/** The ticket, or the one it became part of: what is written on a merged ticket lands where its story goes on. */
export async function lockTicketOrMerged(tx: Scope, id: string): Promise<Ticket> {
  let ticket = await lockTicket(tx, id);
  while (ticket.mergedIntoId) ticket = await lockTicket(tx, ticket.mergedIntoId);
  return ticket;
}

export async function lockTicketToEdit(tx: Scope, id: string): Promise<Ticket> {
  const ticket = await lockTicket(tx, id);
  if (ticket.mergedIntoId)
    throw new InvalidInput('This ticket was merged into another. Edit that one, or undo the merge first.', 'ticketId');
  if (!canEdit(tx.viewer, ticket)) {
    throw new NotPermitted('You can edit tickets that are assigned to you or to nobody. Take it, or ask its assignee.');
  }
  return ticket;
}

/**
 * Two tickets, locked in the order of their ids: two who want the same two the other way round wait for each other, and
 * neither starves.
 */
export async function lockTwo(tx: Scope, [first, second]: readonly [string, string], lock = lockTicket): Promise<[Ticket, Ticket]> {
  const locked = new Map<string, Ticket>();
  for (const id of [first, second].sort()) locked.set(id, await lock(tx, id));
  return [locked.get(first), locked.get(second)] as [Ticket, Ticket];
}

/** Locks tickets in the order of their IDs, whether the viewer can read them or not. */
export async function lockInOrder({ em, workspaceId }: Scope, ids: readonly string[]): Promise<void> {
  await em.execute('select 1 from ticket where workspace_id = ? and id = any(?::uuid[]) order by id for update', [
    workspaceId,
    `{${ids.join(',')}}`,
  ]);
}

/** Whether the viewer sees this ticket as it is now. */
async function isVisible(scope: Scope, ticket: Ticket): Promise<boolean> {
  if (canSee(scope.viewer, ticket, [])) return true;
  if (!may(scope.viewer, 'ticket.granted.see')) return false;
  const grants = (await scope.load(grantsByTicket, ticket.id)) ?? [];
  return canSee(
    scope.viewer,
    ticket,
    grants.map(({ memberId }) => memberId),
  );
}
