import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { contactById, type Contact } from '../contacts/index.ts';
import { findTicket, type Ticket } from '../tickets/index.ts';
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

interface Concerned {
  readonly contactId: string;
  readonly ticketId: string;
}

const mostConcerned = 50;

const concernedByContact = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]): Promise<Concerned[]> =>
    em.execute(
      `select asked.id as "contactId", found.id as "ticketId"
       from jsonb_array_elements_text(?::jsonb) asked(id), lateral (
         select t.id, t.updated_at from ticket_contact c join ticket t on t.workspace_id = c.workspace_id and t.id = c.ticket_id
         where c.workspace_id = ? and c.contact_id = asked.id::uuid and t.requester_id is distinct from c.contact_id
         order by t.updated_at desc, t.id limit ${mostConcerned}) found
       order by found.updated_at desc, found.id`,
      [JSON.stringify(ids), workspaceId],
    ),
  ({ contactId }) => contactId,
);

/** The tickets of others that concern a client too and that the viewer sees: of the 50 newest, the newest first. */
export async function ticketsConcerning(scope: Scope, contactId: string): Promise<Ticket[]> {
  const rows = (await scope.load(concernedByContact, contactId)) ?? [];
  const tickets = await Promise.all(rows.map(({ ticketId }) => findTicket(scope, ticketId)));
  return tickets.filter((ticket) => ticket !== null);
}
