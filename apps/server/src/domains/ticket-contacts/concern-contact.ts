import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import type { Scope } from '../../platform/scope.ts';
import { canReadContactDetails, findCurrentContact } from '../contacts/index.ts';
import { lockTicketToEdit, requireContact, type Ticket } from '../tickets/index.ts';
import { TicketContact } from './ticket-contact.entity.ts';
import { TicketContactEvent } from './ticket-contact.events.ts';

export interface ConcernContact {
  readonly ticketId: string;
  readonly contactId: string;
}

/** More are no list to read; they are a case for tickets of their own, linked to this one. */
const most = 50;

/** Adds a client whom the ticket concerns too. Twice is once. */
export function addTicketContact(scope: Scope, { ticketId, contactId: givenId }: ConcernContact): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId } = tx;
    requireReader(tx);
    const { id: contactId } = await requireContact(tx, givenId, 'contactId');
    const ticket = await lockTicketToEdit(tx, ticketId);
    if (ticket.requesterId === contactId) throw new InvalidInput('This is the client that the ticket is for. Choose another.', 'contactId');
    const held = await em.find(TicketContact, { workspaceId, ticketId });
    if (held.some((one) => one.contactId === contactId)) return ticket;
    if (held.length >= most)
      throw new InvalidInput(`A ticket concerns at most ${most} further clients. Link further tickets.`, 'contactId');
    await em.insert(TicketContact, { workspaceId, ticketId, contactId, addedAt: tx.now() });
    tx.record(domainEvent(TicketContactEvent.ADDED, ticketId, { changes: [{ field: 'contact', from: null, to: contactId }] }));
    return ticket;
  });
}

export function removeTicketContact(scope: Scope, { ticketId, contactId: givenId }: ConcernContact): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId } = tx;
    requireReader(tx);
    const contactId = (await findCurrentContact(tx, givenId))?.id;
    const ticket = await lockTicketToEdit(tx, ticketId);
    const gone = contactId ? await em.nativeDelete(TicketContact, { workspaceId, ticketId, contactId }) : 0;
    if (gone > 0)
      tx.record(domainEvent(TicketContactEvent.REMOVED, ticketId, { changes: [{ field: 'contact', from: contactId, to: null }] }));
    return ticket;
  });
}

function requireReader({ viewer }: Scope): void {
  if (!canReadContactDetails(viewer)) throw new NotPermitted('Your role may not read who clients are. Ask an administrator.');
}
