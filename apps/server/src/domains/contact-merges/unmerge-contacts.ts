import { nameKey } from '@baton/rules';
import { LockMode } from '@mikro-orm/core';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { addressesOf, canReadContactDetails, Contact, ContactEvent, setAddresses } from '../contacts/index.ts';
import { recordConversations } from '../conversations/index.ts';
import { lockTickets, TicketEvent } from '../tickets/index.ts';
import { recordViewsChanged } from '../views/index.ts';
import { ContactUnmergeRefused } from './contact-merge.errors.ts';
import { ContactMerge } from './contact-merge.entity.ts';
import { joinedNotes, recordConcerned, requireMayMerge, setContactFields } from './merge-contacts.ts';

/** How long a merge can be undone. */
const undoWindowMs = 30 * 86_400_000;

const mergesByDestination = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) =>
    em.find(ContactMerge, { workspaceId, destinationId: { $in: [...ids] }, undoneAt: null }, { orderBy: { mergedAt: 'desc' } }),
  ({ destinationId }) => destinationId,
);

/** The merges into a client that can still be undone, the newest first; for those who may read who clients are. */
export async function mergesInto(scope: Scope, contactId: string): Promise<ContactMerge[]> {
  if (!canReadContactDetails(scope.viewer)) return [];
  const since = scope.now().getTime() - undoWindowMs;
  return ((await scope.load(mergesByDestination, contactId)) ?? []).filter(({ mergedAt }) => mergedAt.getTime() >= since);
}

/**
 * Makes two cards of one again: tickets, conversations and addresses that came with the source go back where they still
 * are the destination's, and of the card what nobody has changed since. What came later stays where it is.
 */
export function unmergeContacts(scope: Scope, mergeId: string): Promise<Contact> {
  return scope.transaction(async (tx) => {
    requireMayMerge(tx.viewer);
    const { em, workspaceId } = tx;
    const found = isId(mergeId) ? await em.findOne(ContactMerge, { workspaceId, id: mergeId }) : null;
    if (!found) throw new ContactUnmergeRefused('There is no such merge any more. Load the page again.', 'mergeId');
    const { sourceId, destinationId } = found;
    const contacts = await em.find(
      Contact,
      { workspaceId, id: { $in: [sourceId, destinationId] } },
      { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
    );
    const [source, destination] = [sourceId, destinationId].map((id) => contacts.find((contact) => contact.id === id)) as [
      Contact,
      Contact,
    ];
    // Two who undo at once: the second finds that it was done.
    const merge = await em.refreshOrFail(found);
    if (merge.undoneAt) throw new ContactUnmergeRefused('Somebody else has undone this already.', 'mergeId');
    if (destination.mergedIntoId !== null)
      throw new ContactUnmergeRefused('The client whom they became was merged further. Undo that merge first.', 'mergeId');
    if (tx.now().getTime() - merge.mergedAt.getTime() > undoWindowMs)
      throw new ContactUnmergeRefused('A merge can be undone for 30 days; this one is older.', 'mergeId');
    const { ticketIds, concernedIds, takenIds, fields } = merge;
    const touched = [...ticketIds, ...concernedIds, ...takenIds, ...fields.map(({ ticketId }) => ticketId)];
    await lockTickets(tx, {
      sql: 't.requester_id in (?, ?) or t.id = any(?::uuid[])',
      parameters: [sourceId, destinationId, `{${touched.join(',')}}`],
    });
    await giveBack(tx, merge);
    await setContactFields(tx, merge.fields, { from: destinationId, to: sourceId, mergeId: merge.id });
    await partCards(tx, source, destination, merge);
    await recordViewsChanged(tx, [sourceId, destinationId]);
    merge.undoneAt = tx.now();
    merge.undoneById = tx.viewer.kind === 'MEMBER' ? tx.viewer.memberId : null;
    return source;
  });
}

async function giveBack(tx: Scope, { sourceId, destinationId, ...moved }: ContactMerge): Promise<void> {
  const { em, workspaceId } = tx;
  const list = (ids: readonly string[]) => JSON.stringify(ids);
  const among = 'in (select value::uuid from jsonb_array_elements_text(?::jsonb))';
  const tickets: { id: string }[] = await em.execute(`select id from ticket where workspace_id = ? and requester_id = ? and id ${among}`, [
    workspaceId,
    destinationId,
    list(moved.ticketIds),
  ]);
  await em.execute(`update ticket set requester_id = ? where workspace_id = ? and requester_id = ? and id ${among}`, [
    sourceId,
    workspaceId,
    destinationId,
    list(moved.ticketIds),
  ]);
  const conversations: { id: string }[] = await em.execute(
    `update conversation set contact_id = ? where workspace_id = ? and contact_id = ? and id ${among} returning id`,
    [sourceId, workspaceId, destinationId, list(moved.conversationIds)],
  );
  const conversationIds = conversations.map(({ id }) => id);
  recordConversations(tx, conversationIds);
  const returned: { ticket_id: string }[] = await em.execute(
    `insert into ticket_contact (workspace_id, ticket_id, contact_id, added_at)
       select workspace_id, id, ?, ? from ticket where workspace_id = ? and requester_id is distinct from ? and id ${among}
       on conflict do nothing returning ticket_id`,
    [sourceId, tx.now(), workspaceId, sourceId, list(moved.concernedIds)],
  );
  const taken: { ticket_id: string }[] = await em.execute(
    `delete from ticket_contact where workspace_id = ? and contact_id = ? and ticket_id ${among} returning ticket_id`,
    [workspaceId, destinationId, list(moved.takenIds)],
  );
  for (const { ticket_id } of returned) recordConcerned(tx, ticket_id, { from: null, to: sourceId });
  for (const { ticket_id } of taken) recordConcerned(tx, ticket_id, { from: destinationId, to: null });
  const changes = [{ field: 'requesterId', from: destinationId, to: sourceId }];
  for (const { id } of tickets) tx.record(domainEvent(TicketEvent.EDITED, id, { changes }));
}

async function partCards(tx: Scope, source: Contact, destination: Contact, { before }: ContactMerge): Promise<void> {
  const came = { emails: new Set(before.source.emails), phones: new Set(before.source.phones) };
  for (const email of before.destination.emails) came.emails.delete(email);
  for (const phone of before.destination.phones) came.phones.delete(phone);
  const held = { emails: await addressesOf(tx, destination, 'EMAIL'), phones: await addressesOf(tx, destination, 'PHONE') };
  const back = (kind: 'emails' | 'phones') => before.source[kind].filter((value) => came[kind].has(value) && held[kind].includes(value));
  const left = (kind: 'emails' | 'phones') => held[kind].filter((value) => !came[kind].has(value));
  const gaveId = before.source.externalId !== null && destination.externalId === before.source.externalId;
  if (gaveId) destination.externalId = null;
  if (before.destination.organization === null && destination.organization === before.source.organization) destination.organization = null;
  if (before.destination.locale === null && destination.locale === before.source.locale) destination.locale = null;
  if (destination.notes === joinedNotes(before)) destination.notes = before.destination.notes;
  const own = new Set(before.destination.data.map(({ name }) => nameKey(name)));
  const given = (name: string, value: string) =>
    !own.has(nameKey(name)) && before.source.data.some((one) => one.name === name && one.value === value);
  destination.data = destination.data.filter(({ name, value }) => !given(name, value));
  destination.version += 1;
  await setAddresses(tx, destination, { emails: left('emails'), phones: left('phones') });
  // An address is one client's at every moment.
  await tx.em.flush();
  source.mergedIntoId = null;
  source.externalId = gaveId ? before.source.externalId : null;
  source.version += 1;
  await setAddresses(tx, source, { emails: back('emails'), phones: back('phones') });
  for (const { id } of [source, destination]) tx.record(domainEvent(ContactEvent.CHANGED, null, { subjectId: id }));
}
