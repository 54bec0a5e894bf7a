import type { Scope } from '../../platform/scope.ts';
import { Ticket } from '../tickets/index.ts';
import { linkFor, roleOfOther, TicketLink } from './link.entity.ts';
import { LinkEvent } from './link.events.ts';
import { isAbove, mostLinks, recordLink } from './link-tickets.ts';

export interface MoveLinks {
  readonly from: Ticket;
  readonly to: Ticket;
  /** Only these links; without it, all links of the ticket. */
  readonly linkIds?: readonly string[];
  /** What the links move with, such as a merge. */
  readonly subjectId: string;
}

/** The tickets at the other ends of a ticket's links. */
export async function listLinkedIds({ em, workspaceId }: Scope, ticketId: string): Promise<string[]> {
  const links = await em.find(TicketLink, { workspaceId, $or: [{ fromId: ticketId }, { toId: ticketId }] });
  return links.map((link) => otherEnd(link, ticketId));
}

/**
 * Moves links from one locked ticket to another; the linked tickets keep their roles. A link stays where it is if the
 * other ticket is its other end, has the same link, or cannot have it. Returns the links that moved.
 */
export async function moveLinks(tx: Scope, { from, to, linkIds, subjectId }: MoveLinks): Promise<string[]> {
  const { em, workspaceId } = tx;
  const links = await em.find(
    TicketLink,
    { workspaceId, $or: [{ fromId: from.id }, { toId: from.id }], ...(linkIds ? { id: { $in: [...linkIds] } } : {}) },
    { orderBy: { createdAt: 'asc', id: 'asc' } },
  );
  const moved: string[] = [];
  for (const link of links) {
    const otherId = otherEnd(link, from.id);
    const wanted = linkFor(roleOfOther(link, from.id), to.id, otherId);
    if (otherId === to.id || !(await canHave(tx, to.id, wanted))) continue;
    Object.assign(link, wanted);
    await em.flush();
    const other = await em.findOneOrFail(Ticket, { workspaceId, id: otherId });
    recordLink(tx, LinkEvent.UNLINKED, [from, other], subjectId);
    recordLink(tx, LinkEvent.LINKED, [to, other], subjectId);
    moved.push(link.id);
  }
  return moved;
}

function otherEnd({ fromId, toId }: TicketLink, ticketId: string): string {
  return fromId === ticketId ? toId : fromId;
}

async function canHave(tx: Scope, ticketId: string, wanted: Pick<TicketLink, 'kind' | 'fromId' | 'toId'>): Promise<boolean> {
  const { em, workspaceId } = tx;
  if ((await em.count(TicketLink, { workspaceId, ...wanted })) > 0) return false;
  if (wanted.kind === 'PARENT' && (await isAbove(tx, wanted.toId, wanted.fromId))) return false;
  return (await em.count(TicketLink, { workspaceId, $or: [{ fromId: ticketId }, { toId: ticketId }] })) < mostLinks;
}
