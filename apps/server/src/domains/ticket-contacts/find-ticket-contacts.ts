import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { contactById, type Contact } from '../contacts/index.ts';
import type { Ticket } from '../tickets/index.ts';
import { TicketContact } from './ticket-contact.entity.ts';

const contactsByTicket = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) =>
    em.find(TicketContact, { workspaceId, ticketId: { $in: [...ids] } }, { orderBy: { addedAt: 'asc', contactId: 'asc' } }),
  ({ ticketId }) => ticketId,
);

/** Whom a ticket that the viewer sees concerns too, the first added first; never the one it is for by now. */
export async function contactsOfTicket(scope: Scope, { id, requesterId }: Pick<Ticket, 'id' | 'requesterId'>): Promise<Contact[]> {
  const rows = ((await scope.load(contactsByTicket, id)) ?? []).filter(({ contactId }) => contactId !== requesterId);
  const contacts = await Promise.all(rows.map(({ contactId }) => scope.load(contactById, contactId)));
  return contacts.filter((contact) => contact !== null);
}
