import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { contactById, type Contact } from '../contacts/index.ts';
import { TicketContact } from './ticket-contact.entity.ts';

const contactsByTicket = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) =>
    em.find(TicketContact, { workspaceId, ticketId: { $in: [...ids] } }, { orderBy: { addedAt: 'asc', contactId: 'asc' } }),
  ({ ticketId }) => ticketId,
);

/** Whom a ticket that the viewer sees concerns too, the first added first. */
export async function contactsOfTicket(scope: Scope, ticketId: string): Promise<Contact[]> {
  const rows = (await scope.load(contactsByTicket, ticketId)) ?? [];
  const contacts = await Promise.all(rows.map(({ contactId }) => scope.load(contactById, contactId)));
  return contacts.filter((contact) => contact !== null);
}
