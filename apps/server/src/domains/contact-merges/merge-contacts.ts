import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { newId } from '../../kernel/id.ts';
import { may, type Viewer } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { addressesOf, ContactEvent, findCurrentContact, joinData, lockContact, setAddresses, type Contact } from '../contacts/index.ts';
import { recordConversations } from '../conversations/index.ts';
import { fieldPrefix } from '../fields/index.ts';
import { TicketContactEvent } from '../ticket-contacts/index.ts';
import { lockTickets, Ticket, TicketEvent } from '../tickets/index.ts';
import { recordViewsChanged } from '../views/index.ts';
import { ContactMerge, type CardBefore, type FieldOfTicket } from './contact-merge.entity.ts';

export interface MergeContacts {
  readonly sourceId: string;
  readonly destinationId: string;
}

/** More than these are no mistake of two cards for one person, and would hold others up. */
const mostTickets = 2000;

/**
 * Makes two cards of one person one: tickets, conversations and addresses of the source become the destination's, which
 * keeps what it has and takes what it lacks. The source's card leads to the other from then on. Two who have an external id
 * each are two people in some other system, and are not merged. It can be undone for a while.
 */
export function mergeContacts(scope: Scope, { sourceId, destinationId: givenId }: MergeContacts): Promise<ContactMerge> {
  return scope.transaction(async (tx) => {
    requireMayMerge(tx.viewer);
    const destinationId = (await findCurrentContact(tx, givenId))?.id ?? givenId;
    if (sourceId === destinationId) throw new InvalidInput('A client cannot be merged into themselves. Choose another.', 'destinationId');
    const locked = new Map<string, Contact>();
    for (const id of [sourceId, destinationId].sort()) locked.set(id, await lockContact(tx, id));
    const [source, destination] = [locked.get(sourceId), locked.get(destinationId)] as [Contact, Contact];
    if (source.externalId !== null && destination.externalId !== null) {
      throw new InvalidInput(
        'Both have an external id, so your other system knows two people. Clear one of the ids first if they are one.',
        'destinationId',
      );
    }
    const before = { source: await cardOf(tx, source), destination: await cardOf(tx, destination) };
    const id = newId();
    const moved = await moveAll(tx, source, destination);
    const fields = await moveFields(tx, { id, from: sourceId, to: destination.id });
    await joinCards(tx, source, destination, before);
    await recordViewsChanged(tx, [sourceId, destination.id]);
    const mergedById = tx.viewer.kind === 'MEMBER' ? tx.viewer.memberId : null;
    const merge = { workspaceId: tx.workspaceId, id, sourceId, destinationId: destination.id, mergedAt: tx.now(), mergedById };
    return tx.em.create(ContactMerge, { ...merge, before, ...moved, fields }, { persist: true });
  });
}

export function requireMayMerge(viewer: Viewer): void {
  if (may(viewer, 'contact.create') && may(viewer, 'ticket.edit.any')) return;
  throw new NotPermitted('Merging clients changes whose tickets are whose: it needs the permission to edit any ticket.');
}

async function cardOf(tx: Scope, contact: Contact): Promise<CardBefore> {
  const { externalId, organization, locale, notes, data } = contact;
  const [emails, phones] = [await addressesOf(tx, contact, 'EMAIL'), await addressesOf(tx, contact, 'PHONE')];
  return { emails, phones, externalId, organization, locale, notes, data };
}

/** Custom fields whose value is a contact. */
const namesContact = `from ticket_field v join custom_field f on f.workspace_id = v.workspace_id and f.id = v.field_id
  and f.type = 'CONTACT' where v.workspace_id = ? and v.value = jsonb_build_array(?::text)`;

async function moveFields(tx: Scope, { id, from, to }: { id: string; from: string; to: string }): Promise<FieldOfTicket[]> {
  const { em, workspaceId } = tx;
  const named: FieldOfTicket[] = await em.execute(
    `select v.ticket_id as "ticketId", v.field_id as "fieldId" ${namesContact} order by v.ticket_id, v.field_id`,
    [workspaceId, from],
  );
  await setContactFields(tx, named, { from, to, mergeId: id });
  return named;
}

/** Replaces a contact in custom fields. It is recorded with the merge, so that it is undone with the merge alone. */
export async function setContactFields(
  tx: Scope,
  fields: readonly FieldOfTicket[],
  { from, to, mergeId }: { readonly from: string; readonly to: string; readonly mergeId: string },
): Promise<void> {
  const { em, workspaceId } = tx;
  const changed: FieldOfTicket[] = await em.execute(
    `update ticket_field v set value = jsonb_build_array(?::text)
     from jsonb_to_recordset(?::jsonb) m("ticketId" uuid, "fieldId" uuid)
     where v.workspace_id = ? and v.ticket_id = m."ticketId" and v.field_id = m."fieldId" and v.value = jsonb_build_array(?::text)
     returning m."ticketId", m."fieldId"`,
    [to, JSON.stringify(fields), workspaceId, from],
  );
  for (const { ticketId, fieldId } of changed) {
    const changes = [{ field: `${fieldPrefix}${fieldId}`, from: [from], to: [to] }];
    tx.record(domainEvent(TicketEvent.EDITED, ticketId, { changes, subjectId: mergeId }));
  }
}

type Moved = Pick<ContactMerge, 'ticketIds' | 'conversationIds' | 'concernedIds' | 'takenIds'>;

async function moveAll(tx: Scope, { id: from }: Contact, { id: to }: Contact): Promise<Moved> {
  const { em, workspaceId } = tx;
  await lockTickets(tx, {
    sql: `t.requester_id in (?, ?) or t.id in (select v.ticket_id ${namesContact})
      or t.id in (select ticket_id from ticket_contact where workspace_id = ? and contact_id = ?)`,
    parameters: [from, to, workspaceId, from, workspaceId, from],
  });
  if ((await em.count(Ticket, { workspaceId, requesterId: from })) > mostTickets) {
    throw new InvalidInput(`This customer has more than ${mostTickets} tickets. Merge the other way round.`, 'sourceId');
  }
  const tickets: { id: string }[] = await em.execute(
    'update ticket set requester_id = ? where workspace_id = ? and requester_id = ? returning id',
    [to, workspaceId, from],
  );
  const conversations: { id: string }[] = await em.execute(
    'update conversation set contact_id = ? where workspace_id = ? and contact_id = ? returning id',
    [to, workspaceId, from],
  );
  const conversationIds = conversations.map(({ id }) => id);
  recordConversations(tx, conversationIds);
  const concerned: { ticket_id: string; added_at: Date }[] = await em.execute(
    'delete from ticket_contact where workspace_id = ? and contact_id = ? returning ticket_id, added_at',
    [workspaceId, from],
  );
  const taken: { ticket_id: string }[] = await em.execute(
    `insert into ticket_contact (workspace_id, ticket_id, contact_id, added_at)
       select t.workspace_id, t.id, ?, c.added_at from jsonb_to_recordset(?::jsonb) c(ticket_id uuid, added_at timestamptz)
       join ticket t on t.workspace_id = ? and t.id = c.ticket_id and t.requester_id is distinct from ?
       on conflict do nothing returning ticket_id`,
    [to, JSON.stringify(concerned), workspaceId, to],
  );
  for (const { ticket_id } of concerned) recordConcerned(tx, ticket_id, { from, to: null });
  for (const { ticket_id } of taken) recordConcerned(tx, ticket_id, { from: null, to });
  for (const { id } of tickets) tx.record(domainEvent(TicketEvent.EDITED, id, { changes: [{ field: 'requesterId', from, to }] }));
  return {
    ticketIds: tickets.map(({ id }) => id),
    conversationIds,
    concernedIds: concerned.map(({ ticket_id }) => ticket_id),
    takenIds: taken.map(({ ticket_id }) => ticket_id),
  };
}

/** Records on a ticket that a contact beside its requester came or went. */
export function recordConcerned(tx: Scope, ticketId: string, change: { readonly from: string | null; readonly to: string | null }): void {
  const type = change.to === null ? TicketContactEvent.REMOVED : TicketContactEvent.ADDED;
  tx.record(domainEvent(type, ticketId, { changes: [{ field: 'contact', ...change }] }));
}

async function joinCards(tx: Scope, source: Contact, destination: Contact, before: ContactMerge['before']): Promise<void> {
  const both = (kind: 'emails' | 'phones') => [...new Set([...before.destination[kind], ...before.source[kind]])];
  await setAddresses(tx, source, { emails: [], phones: [] });
  source.externalId = null;
  source.mergedIntoId = destination.id;
  source.version += 1;
  // An address is one client's at every moment.
  await tx.em.flush();
  await setAddresses(tx, destination, { emails: both('emails'), phones: both('phones') });
  destination.externalId ??= before.source.externalId;
  destination.organization ??= source.organization;
  destination.locale ??= source.locale;
  destination.notes = joinedNotes(before);
  destination.data = joinData(destination.data, source.data);
  destination.version += 1;
  for (const { id } of [source, destination]) tx.record(domainEvent(ContactEvent.CHANGED, null, { subjectId: id }));
}

/** What the notes of both say as one. */
export function joinedNotes({ source, destination }: ContactMerge['before']): string {
  return [destination.notes, source.notes].filter((notes) => notes !== '').join('\n\n');
}
