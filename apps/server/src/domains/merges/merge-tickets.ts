import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import { LockedTooLate } from '../../platform/database-errors.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordConversations } from '../conversations/index.ts';
import { listLinkedIds, moveLinks } from '../links/index.ts';
import { TicketContactEvent } from '../ticket-contacts/index.ts';
import { listStatuses, lockInOrder, lockTicketToEdit, lockTwo, TicketEvent, type Ticket } from '../tickets/index.ts';
import { WatcherEvent } from '../watchers/index.ts';
import { fillEmpty } from './fill-empty.ts';
import { Merge, MergeItem, MergeItemKind } from './merge.entity.ts';
import { MergeRefused } from './merge.errors.ts';
import { MergeEvent } from './merge.events.ts';

export interface MergeTickets {
  readonly sourceId: string;
  readonly destinationId: string;
}

/**
 * Makes a ticket part of another. Conversations, notes, files and links move. Tags and watchers that the destination
 * lacks are added, and its empty fields are filled. The source is closed and leads to the destination from then on.
 */
export function mergeTickets(scope: Scope, { sourceId, destinationId }: MergeTickets): Promise<Merge> {
  return scope.transaction(async (tx) => {
    if (sourceId === destinationId) throw new MergeRefused('A ticket cannot be merged into itself. Choose another.', 'destinationId');
    await lockForMerge(tx, { sourceId, destinationId });
    const [source, destination] = await lockTwo(tx, [sourceId, destinationId], lockTicketToEdit);
    if (destination.mergedIntoId) throw new MergeRefused('This ticket was itself merged into another. Choose that one.', 'destinationId');
    const { workspaceId, em } = tx;
    const merge = em.create(Merge, {
      workspaceId,
      id: newId(),
      sourceId,
      destinationId,
      sourceStatusId: source.statusId,
      filled: {},
      mergedAt: tx.now(),
      mergedById: tx.viewer.kind === 'MEMBER' ? tx.viewer.memberId : null,
      undoneAt: null,
      undoneById: null,
    });
    await em.flush();
    await moveItems(tx, merge);
    await addWhatLacks(tx, merge);
    await addContacts(tx, merge);
    await fillEmpty(tx, merge, source, destination);
    const linkIds = await moveLinks(tx, { from: source, to: destination, subjectId: merge.id });
    for (const itemId of linkIds) em.create(MergeItem, { workspaceId, mergeId: merge.id, kind: MergeItemKind.LINK, itemId });
    await close(tx, source);
    source.mergedIntoId = destinationId;
    tx.record(domainEvent(MergeEvent.MERGED, sourceId, { subjectId: merge.id, changes: [numberChange(destination)] }));
    tx.record(domainEvent(MergeEvent.RECEIVED, destinationId, { subjectId: merge.id, changes: [numberChange(source)] }));
    return merge;
  });
}

/** Locks all tickets that a merge changes. A use case that merges and changes the tickets before calls it first. */
export function lockForMerge(tx: Scope, { sourceId, destinationId }: MergeTickets): Promise<void> {
  return lockWithLinked(tx, [sourceId, destinationId], sourceId);
}

/** The linked tickets get events too: all are locked in one order, so that two merges do not wait for each other. */
export async function lockWithLinked(tx: Scope, ticketIds: readonly string[], linkedTo: string): Promise<void> {
  if (![...ticketIds, linkedTo].every(isId)) return;
  const ids = new Set([...ticketIds, ...(await listLinkedIds(tx, linkedTo))]);
  await lockInOrder(tx, [...ids]);
  // No link can be added from here on, but one may have been while this waited.
  if ((await listLinkedIds(tx, linkedTo)).some((id) => !ids.has(id))) throw new LockedTooLate();
}

export function numberChange({ number }: Ticket) {
  return { field: 'merge', from: null, to: `#${number}` };
}

async function moveItems(tx: Scope, { id, sourceId, destinationId }: Merge): Promise<void> {
  const { em, workspaceId } = tx;
  for (const [table, kind, which] of [
    ['note', MergeItemKind.NOTE, 'true'],
    ['conversation', MergeItemKind.CONVERSATION, 'true'],
    ['checklist_item', MergeItemKind.CHECKLIST_ITEM, 'true'],
    ['time_entry', MergeItemKind.TIME_ENTRY, 'true'],
    // A file that is not sent yet goes where what it is for is sent, and stays there when the merge is undone.
    ['attachment', MergeItemKind.ATTACHMENT, 'owner_kind is not null'],
  ] as const) {
    await em.execute(
      `with moved as (update ${table} set ticket_id = ? where workspace_id = ? and ticket_id = ? and ${which} returning id)
       insert into merge_item (workspace_id, merge_id, kind, item_id) select ?, ?, ?, id from moved`,
      [destinationId, workspaceId, sourceId, workspaceId, id, kind],
    );
  }
  const conversations = await em.find(MergeItem, { workspaceId, mergeId: id, kind: MergeItemKind.CONVERSATION });
  const moved = conversations.map(({ itemId }) => itemId);
  recordConversations(tx, moved, { from: sourceId, to: destinationId });
  // Whoever was let into the source by a note goes on to read it.
  await em.execute(
    `insert into ticket_grant (workspace_id, ticket_id, member_id, reason)
     select workspace_id, ?, member_id, reason from ticket_grant where workspace_id = ? and ticket_id = ? and reason like 'mention:%'
     on conflict do nothing`,
    [destinationId, workspaceId, sourceId],
  );
}

async function addWhatLacks(tx: Scope, { id, sourceId, destinationId }: Merge): Promise<void> {
  const { em, workspaceId } = tx;
  const tags: { name: string }[] = await em.execute(
    `with added as (
       insert into ticket_tag (workspace_id, ticket_id, tag_id) select workspace_id, ?, tag_id from ticket_tag where workspace_id = ? and ticket_id = ?
       on conflict do nothing returning tag_id),
     kept as (insert into merge_item (workspace_id, merge_id, kind, item_id) select ?, ?, ?, tag_id from added)
     select tag.name from added join tag on tag.workspace_id = ? and tag.id = added.tag_id order by tag.name`,
    [destinationId, workspaceId, sourceId, workspaceId, id, MergeItemKind.TAG, workspaceId],
  );
  if (tags.length > 0) {
    const changes = tags.map(({ name }) => ({ field: 'tag', from: null, to: name }));
    tx.record(domainEvent(TicketEvent.TAGGED, destinationId, { changes, subjectId: id }));
  }
  const watchers: { item_id: string }[] = await em.execute(
    `with added as (
       insert into watcher (workspace_id, ticket_id, member_id, since) select workspace_id, ?, member_id, ? from watcher where workspace_id = ? and ticket_id = ?
       on conflict do nothing returning member_id)
     insert into merge_item (workspace_id, merge_id, kind, item_id) select ?, ?, ?, member_id from added returning item_id`,
    [destinationId, tx.now(), workspaceId, sourceId, workspaceId, id, MergeItemKind.WATCHER],
  );
  const memberIds = watchers.map(({ item_id: memberId }) => memberId);
  // Who watches by a mention alone has the grant of the mention, which moves with its note.
  await em.execute(
    `insert into ticket_grant (workspace_id, ticket_id, member_id, reason)
     select workspace_id, ?, member_id, reason from ticket_grant
     where workspace_id = ? and ticket_id = ? and reason = 'watching' and member_id = any(?::uuid[]) on conflict do nothing`,
    [destinationId, workspaceId, sourceId, `{${memberIds.join(',')}}`],
  );
  if (memberIds.length > 0) {
    const changes = memberIds.map((memberId) => ({ field: 'watcher', from: null, to: memberId }));
    tx.record(domainEvent(WatcherEvent.ADDED, destinationId, { memberIds, changes, subjectId: id }));
  }
}

/** Whom the source was for, or concerned, the destination concerns too. */
async function addContacts(tx: Scope, { id, sourceId, destinationId }: Merge): Promise<void> {
  const { em, workspaceId } = tx;
  const contacts: { item_id: string }[] = await em.execute(
    `with brought as (
       select contact_id from ticket_contact where workspace_id = ? and ticket_id = ?
       union
       select s.requester_id from ticket s join ticket d on d.workspace_id = s.workspace_id and d.id = ?
         where s.workspace_id = ? and s.id = ? and s.requester_id is not null and d.requester_id is not null),
     added as (
       insert into ticket_contact (workspace_id, ticket_id, contact_id, added_at)
         select ?, ?, contact_id, ? from brought
         where contact_id is distinct from (select requester_id from ticket where workspace_id = ? and id = ?)
         on conflict do nothing returning contact_id)
     insert into merge_item (workspace_id, merge_id, kind, item_id) select ?, ?, ?, contact_id from added returning item_id`,
    [
      workspaceId,
      sourceId,
      destinationId,
      workspaceId,
      sourceId,
      workspaceId,
      destinationId,
      tx.now(),
      workspaceId,
      destinationId,
      workspaceId,
      id,
      MergeItemKind.CONTACT,
    ],
  );
  if (contacts.length === 0) return;
  const changes = contacts.map(({ item_id: to }) => ({ field: 'contact', from: null, to }));
  tx.record(domainEvent(TicketContactEvent.ADDED, destinationId, { changes, subjectId: id }));
}

async function close(tx: Scope, source: Ticket): Promise<void> {
  if (source.category === 'CLOSED') return;
  const closed = (await listStatuses(tx)).find(({ category }) => category === 'CLOSED');
  if (!closed) return;
  tx.record(domainEvent(TicketEvent.STATUS_CHANGED, source.id, { changes: [{ field: 'statusId', from: source.statusId, to: closed.id }] }));
  source.moveTo(closed, tx.now());
}
