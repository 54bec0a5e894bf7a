import { LockMode } from '@mikro-orm/core';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import { LockedTooLate } from '../../platform/database-errors.ts';
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

/** Locks the ticket, or the one that it was merged into: what is written on a merged ticket is stored there. */
export async function lockTicketOrMerged(tx: Scope, id: string): Promise<Ticket> {
  const currentId = isId(id) ? await findCurrentId(tx, id) : id;
  if (currentId !== id && !(await findTicket(tx, id))) throw new TicketNotFound();
  const ticket = await lockTicket(tx, currentId);
  if (ticket.mergedIntoId) throw new LockedTooLate();
  return ticket;
}

async function findCurrentId({ em, workspaceId }: Scope, id: string): Promise<string> {
  const rows: { id: string }[] = await em.execute(
    `with recursive chain as (
       select merged_into_id as id from ticket where workspace_id = ? and id = ?
       union all select t.merged_into_id from chain join ticket t on t.workspace_id = ? and t.id = chain.id
     ) select id from chain where id is not null`,
    [workspaceId, id, workspaceId],
  );
  return rows.at(-1)?.id ?? id;
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

/** Locks two tickets in the order of their IDs. */
export async function lockTwo(tx: Scope, [first, second]: readonly [string, string], lock = lockTicket): Promise<[Ticket, Ticket]> {
  const locked = new Map<string, Ticket>();
  for (const id of [first, second].sort(byId)) locked.set(id, await lock(tx, id));
  return [locked.get(first), locked.get(second)] as [Ticket, Ticket];
}

const byId = (a: string, b: string) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);

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
