import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { addressesOf, ContactEvent, joinData, lockContact, setAddresses, type Contact } from '../contacts/index.ts';
import { TicketEvent } from '../tickets/index.ts';

export interface MergeContacts {
  readonly sourceId: string;
  readonly destinationId: string;
}

/** More than these are no mistake of two cards for one person, and would hold others up. */
const mostTickets = 2000;

/**
 * Makes two cards of one person one: tickets, conversations and addresses of the source become the destination's, which
 * keeps what it has and takes what it lacks. The source's card leads to the other from then on. Two who have an external id
 * each are two people in some other system, and are not merged.
 */
export function mergeContacts(scope: Scope, { sourceId, destinationId }: MergeContacts): Promise<Contact> {
  return scope.transaction(async (tx) => {
    if (!may(tx.viewer, 'contact.create') || !may(tx.viewer, 'ticket.edit.any')) {
      throw new NotPermitted('Merging clients changes whose tickets are whose: it needs the permission to edit any ticket.');
    }
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
    await moveTickets(tx, source, destination);
    await joinCards(tx, source, destination);
    return destination;
  });
}

async function moveTickets(tx: Scope, { id: from }: Contact, { id: to }: Contact): Promise<void> {
  const { em, workspaceId } = tx;
  // In the order of their ids, as everybody locks tickets.
  const tickets: { id: string }[] = await em.execute(
    'select id from ticket where workspace_id = ? and requester_id = ? order by id limit ? for update',
    [workspaceId, from, mostTickets + 1],
  );
  if (tickets.length > mostTickets) {
    throw new InvalidInput(`This client has more than ${mostTickets} tickets. Merge the other way round.`, 'sourceId');
  }
  await em.execute('update ticket set requester_id = ? where workspace_id = ? and requester_id = ?', [to, workspaceId, from]);
  await em.execute('update conversation set contact_id = ? where workspace_id = ? and contact_id = ?', [to, workspaceId, from]);
  await em.execute(
    `with moved as (delete from ticket_contact where workspace_id = ? and contact_id = ? returning ticket_id, added_at)
     insert into ticket_contact (workspace_id, ticket_id, contact_id, added_at)
       select t.workspace_id, t.id, ?, m.added_at from moved m join ticket t on t.workspace_id = ? and t.id = m.ticket_id and t.requester_id is distinct from ?
       on conflict do nothing`,
    [workspaceId, from, to, workspaceId, to],
  );
  for (const { id } of tickets) tx.record(domainEvent(TicketEvent.EDITED, id, { changes: [{ field: 'requesterId', from, to }] }));
}

async function joinCards(tx: Scope, source: Contact, destination: Contact): Promise<void> {
  const both = async (kind: 'EMAIL' | 'PHONE') => [
    ...new Set([...(await addressesOf(tx, destination, kind)), ...(await addressesOf(tx, source, kind))]),
  ];
  const [emails, phones] = [await both('EMAIL'), await both('PHONE')];
  const { externalId } = source;
  await setAddresses(tx, source, { emails: [], phones: [] });
  source.externalId = null;
  source.mergedIntoId = destination.id;
  source.version += 1;
  // An address is one client's at every moment.
  await tx.em.flush();
  await setAddresses(tx, destination, { emails, phones });
  destination.externalId ??= externalId;
  destination.organization ??= source.organization;
  destination.notes = [destination.notes, source.notes].filter((notes) => notes !== '').join('\n\n');
  destination.data = joinData(destination.data, source.data);
  destination.version += 1;
  for (const { id } of [source, destination]) tx.record(domainEvent(ContactEvent.CHANGED, null, { subjectId: id }));
}
