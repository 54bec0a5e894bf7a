import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { findTicket, type Ticket } from '../tickets/index.ts';
import { roleOfOther, TicketLink, type LinkRole } from './link.entity.ts';

/** Another ticket, and what it is to the one that was asked for. */
export interface LinkedTicket {
  readonly linkId: string;
  readonly role: LinkRole;
  readonly ticket: Ticket;
}

const linksByTicket = listLoaderByKey(
  async ({ em, workspaceId }, ids: readonly string[]) => {
    const links = await em.find(TicketLink, { workspaceId, $or: [{ fromId: { $in: [...ids] } }, { toId: { $in: [...ids] } }] });
    // A link belongs to both its tickets.
    return links.flatMap((link) => [
      { ticketId: link.fromId, link },
      { ticketId: link.toId, link },
    ]);
  },
  ({ ticketId }) => ticketId,
);

/** The tickets that a ticket is linked with and that the viewer sees, in the order in which they were linked. */
export async function linkedTickets(scope: Scope, ticketId: string): Promise<LinkedTicket[]> {
  const links = ((await scope.load(linksByTicket, ticketId)) ?? []).map(({ link }) => link);
  links.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a.id.localeCompare(b.id));
  const found = await Promise.all(
    links.map(async (link) => ({ link, ticket: await findTicket(scope, link.fromId === ticketId ? link.toId : link.fromId) })),
  );
  return found.flatMap(({ link, ticket }) => (ticket ? [{ linkId: link.id, role: roleOfOther(link, ticketId), ticket }] : []));
}
