import { NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { canEdit, findTicket, lockTwo, TicketNotFound, type Ticket } from '../tickets/index.ts';
import { linkFor, LinkRole, TicketLink } from './link.entity.ts';
import { LinkNotFound, LinkRefused } from './link.errors.ts';
import { LinkEvent } from './link.events.ts';

/** More is a list, not a set of links. */
export const mostLinks = 100;

export interface LinkTickets {
  readonly ticketId: string;
  readonly otherId: string;
  /** What the other is to the ticket. */
  readonly role: LinkRole;
}

/** Says that two tickets have to do with each other: by who may edit the one and sees the other. Said twice it is once. */
export function linkTickets(scope: Scope, { ticketId, otherId, role }: LinkTickets): Promise<TicketLink> {
  return scope.transaction(async (tx) => {
    if (ticketId === otherId) throw new LinkRefused('A ticket is not linked to itself. Choose another.', 'otherId');
    const [ticket, other] = await lockTwo(tx, [ticketId, otherId]);
    if (!canEdit(tx.viewer, ticket)) throw new NotPermitted('Those who may edit a ticket link it. Take it, or ask its assignee.');
    return addLink(tx, ticket, other, role);
  });
}

/** Links two locked tickets, whoever it is that wants it. */
export async function addLink(tx: Scope, ticket: Ticket, other: Ticket, role: LinkRole): Promise<TicketLink> {
  const { em, workspaceId } = tx;
  const wanted = linkFor(role, ticket.id, other.id);
  const known = await em.findOne(TicketLink, { workspaceId, ...wanted });
  if (known) return known;
  if (wanted.kind === 'PARENT' && (await isAbove(tx, wanted.toId, wanted.fromId))) {
    throw new LinkRefused('The one is above the other already, so it cannot be below it too.', 'role');
  }
  if ((await em.count(TicketLink, { workspaceId, $or: [{ fromId: ticket.id }, { toId: ticket.id }] })) >= mostLinks) {
    throw new LinkRefused(`A ticket has at most ${mostLinks} links. Remove some first.`, 'ticketId');
  }
  const link = em.create(TicketLink, { workspaceId, id: newId(), ...wanted, createdAt: tx.now() }, { persist: true });
  await em.flush();
  recordLink(tx, LinkEvent.LINKED, [ticket, other]);
  return link;
}

export interface UnlinkTickets {
  readonly ticketId: string;
  readonly linkId: string;
}

export function unlinkTickets(scope: Scope, { ticketId, linkId }: UnlinkTickets): Promise<void> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId } = tx;
    const seen = await findTicket(tx, ticketId);
    if (!seen) throw new TicketNotFound();
    if (!canEdit(tx.viewer, seen)) throw new NotPermitted('Those who may edit a ticket unlink it. Take it, or ask its assignee.');
    const link = isId(linkId)
      ? await em.findOne(TicketLink, { workspaceId, id: linkId, $or: [{ fromId: ticketId }, { toId: ticketId }] })
      : null;
    const otherId = link?.fromId === ticketId ? link.toId : link?.fromId;
    if (!link || !otherId || !(await findTicket(tx, otherId))) throw new LinkNotFound();
    const [ticket, other] = await lockTwo(tx, [ticketId, otherId]);
    if ((await em.nativeDelete(TicketLink, { workspaceId, id: link.id })) === 0) throw new LinkNotFound();
    recordLink(tx, LinkEvent.UNLINKED, [ticket, other]);
  });
}

/** Whether a ticket is the parent of another, or of its parent, and so on. */
export async function isAbove({ em, workspaceId }: Scope, upperId: string, lowerId: string): Promise<boolean> {
  const [row]: object[] = await em.execute(
    `with recursive up as (
       select from_id from ticket_link where workspace_id = ? and to_id = ? and kind = 'PARENT'
       union select l.from_id from up join ticket_link l on l.workspace_id = ? and l.to_id = up.from_id and l.kind = 'PARENT')
     select 1 from up where from_id = ? limit 1`,
    [workspaceId, lowerId, workspaceId, upperId],
  );
  return row !== undefined;
}

/** Records a link, or its end, on both tickets. */
export function recordLink(tx: Scope, type: string, [ticket, other]: readonly [Ticket, Ticket], subjectId: string | null = null): void {
  const value = ({ number }: Ticket) => (type === LinkEvent.LINKED ? { from: null, to: `#${number}` } : { from: `#${number}`, to: null });
  tx.record(domainEvent(type, ticket.id, { subjectId, changes: [{ field: 'link', ...value(other) }] }));
  tx.record(domainEvent(type, other.id, { subjectId, changes: [{ field: 'link', ...value(ticket) }] }));
}
