import { domainEvent } from '../../kernel/domain-event.ts';
import { NotPermitted } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import {
  canEdit,
  endGrant,
  lockTicket,
  lockTwo,
  restoreStatus,
  Tag,
  TicketEvent,
  TicketNotFound,
  TicketTag,
  type Ticket,
} from '../tickets/index.ts';
import { recordConversations } from '../conversations/index.ts';
import { moveLinks } from '../links/index.ts';
import { TicketContact, TicketContactEvent } from '../ticket-contacts/index.ts';
import { Watcher, WatcherEvent } from '../watchers/index.ts';
import { emptyFilled } from './fill-empty.ts';
import { Merge, MergeItem, MergeItemKind } from './merge.entity.ts';
import { UnmergeRefused } from './merge.errors.ts';
import { MergeEvent } from './merge.events.ts';
import { lockWithLinked, numberChange } from './merge-tickets.ts';

/** How long a merge can be undone. */
const undoWindowMs = 30 * 86_400_000;

/**
 * Makes two tickets of one again: exactly what moved goes back, what was added is taken away where it still is, and the
 * source comes back to its status. What came since stays where it is.
 */
export function unmergeTickets(scope: Scope, sourceId: string): Promise<Merge> {
  return scope.transaction(async (tx) => {
    const { workspaceId, em } = tx;
    const found = isId(sourceId) ? await em.findOne(Merge, { workspaceId, sourceId, undoneAt: null }) : null;
    if (!found) throw new TicketNotFound();
    await lockWithLinked(tx, [found.sourceId, found.destinationId], found.destinationId);
    const [source, destination] = await lockTwo(tx, [found.sourceId, found.destinationId], lockTicketToSeparate);
    // Two who undo at once: the second finds that it was done.
    const merge = await em.refresh(found);
    if (!merge || merge.undoneAt) throw new UnmergeRefused('Somebody else has undone this already.', 'ticketId');
    if (destination.mergedIntoId) {
      throw new UnmergeRefused('The ticket that it was merged into was merged further. Undo that merge first.', 'ticketId');
    }
    if (tx.now().getTime() - merge.mergedAt.getTime() > undoWindowMs) {
      throw new UnmergeRefused('A merge can be undone for 30 days; this one is older.', 'ticketId');
    }
    await takeBack(tx, merge);
    await emptyFilled(tx, merge, destination);
    const links = await em.find(MergeItem, { workspaceId, mergeId: merge.id, kind: MergeItemKind.LINK });
    await moveLinks(tx, { from: destination, to: source, linkIds: links.map(({ itemId }) => itemId), subjectId: merge.id });
    source.mergedIntoId = null;
    await restoreStatus(tx, source, merge.sourceStatusId);
    merge.undoneAt = tx.now();
    merge.undoneById = tx.viewer.kind === 'MEMBER' ? tx.viewer.memberId : null;
    tx.record(domainEvent(MergeEvent.UNDONE, source.id, { subjectId: merge.id, changes: [numberChange(destination)] }));
    tx.record(domainEvent(MergeEvent.GAVE_BACK, destination.id, { subjectId: merge.id, changes: [numberChange(source)] }));
    return merge;
  });
}

async function lockTicketToSeparate(tx: Scope, id: string): Promise<Ticket> {
  const ticket = await lockTicket(tx, id);
  if (!canEdit(tx.viewer, ticket)) throw new NotPermitted('Those who may edit both tickets undo their merge.');
  return ticket;
}

async function takeBack(tx: Scope, { id, sourceId, destinationId }: Merge): Promise<void> {
  const { em, workspaceId } = tx;
  for (const [table, kind] of [
    ['note', MergeItemKind.NOTE],
    ['conversation', MergeItemKind.CONVERSATION],
    ['checklist_item', MergeItemKind.CHECKLIST_ITEM],
    ['time_entry', MergeItemKind.TIME_ENTRY],
    ['attachment', MergeItemKind.ATTACHMENT],
  ] as const) {
    const moved: { id: string }[] = await em.execute(
      `update ${table} set ticket_id = ? where workspace_id = ? and ticket_id = ?
         and id in (select item_id from merge_item where workspace_id = ? and merge_id = ? and kind = ?) returning id`,
      [sourceId, workspaceId, destinationId, workspaceId, id, kind],
    );
    if (kind !== MergeItemKind.CONVERSATION) continue;
    const conversations = moved.map(({ id: conversationId }) => conversationId);
    recordConversations(tx, conversations, { from: destinationId, to: sourceId });
  }
  await em.execute(
    `delete from ticket_grant g where workspace_id = ? and ticket_id = ? and reason like 'mention:%'
       and exists (select 1 from merge_item i where i.workspace_id = g.workspace_id and i.merge_id = ? and i.kind = ? and g.reason = 'mention:' || i.item_id)`,
    [workspaceId, destinationId, id, MergeItemKind.NOTE],
  );
  // What somebody took away and gave again by hand since is theirs.
  const added = await em.find(MergeItem, {
    workspaceId,
    mergeId: id,
    kind: { $in: [MergeItemKind.TAG, MergeItemKind.WATCHER, MergeItemKind.CONTACT] },
  });
  for (const { kind, itemId } of added) {
    if (await changedSince(tx, id, destinationId, kind, itemId)) continue;
    if (kind === MergeItemKind.TAG) await takeTag(tx, id, destinationId, itemId);
    else if (kind === MergeItemKind.WATCHER) await takeWatcher(tx, id, destinationId, itemId);
    else await takeContact(tx, id, destinationId, itemId);
  }
}

async function takeTag(tx: Scope, mergeId: string, ticketId: string, tagId: string): Promise<void> {
  const { em, workspaceId } = tx;
  if ((await em.nativeDelete(TicketTag, { workspaceId, ticketId, tagId })) === 0) return;
  const { name } = await em.findOneOrFail(Tag, { workspaceId, id: tagId });
  tx.record(domainEvent(TicketEvent.TAGGED, ticketId, { changes: [{ field: 'tag', from: name, to: null }], subjectId: mergeId }));
}

async function takeWatcher(tx: Scope, mergeId: string, ticketId: string, memberId: string): Promise<void> {
  const { em, workspaceId } = tx;
  if ((await em.nativeDelete(Watcher, { workspaceId, ticketId, memberId })) === 0) return;
  await endGrant(tx, ticketId, memberId, 'watching');
  const changes = [{ field: 'watcher', from: memberId, to: null }];
  tx.record(domainEvent(WatcherEvent.REMOVED, ticketId, { memberIds: [memberId], changes, subjectId: mergeId }));
}

async function takeContact(tx: Scope, mergeId: string, ticketId: string, contactId: string): Promise<void> {
  const { em, workspaceId } = tx;
  if ((await em.nativeDelete(TicketContact, { workspaceId, ticketId, contactId })) === 0) return;
  const changes = [{ field: 'contact', from: contactId, to: null }];
  tx.record(domainEvent(TicketContactEvent.REMOVED, ticketId, { changes, subjectId: mergeId }));
}

async function changedSince(
  { em, workspaceId }: Scope,
  mergeId: string,
  ticketId: string,
  kind: MergeItemKind,
  itemId: string,
): Promise<boolean> {
  const told = {
    [MergeItemKind.TAG as string]: { field: 'tag', sql: `(select name from tag where workspace_id = ? and id = ?)` },
    [MergeItemKind.WATCHER]: { field: 'watcher', sql: `(select id::text from member where workspace_id = ? and id = ?)` },
    [MergeItemKind.CONTACT]: { field: 'contact', sql: `(select id::text from contact where workspace_id = ? and id = ?)` },
  }[kind];
  if (!told) return false;
  const [row]: object[] = await em.execute(
    `select 1 from event e where e.workspace_id = ? and e.ticket_id = ?
       and e.ticket_version > (select ticket_version from event where workspace_id = ? and ticket_id = ? and subject_id = ? and type = ?)
       and exists (select 1 from jsonb_array_elements(e.changes) c where c->>'field' = ? and ${told.sql} in (c->>'from', c->>'to')) limit 1`,
    [workspaceId, ticketId, workspaceId, ticketId, mergeId, MergeEvent.RECEIVED, told.field, workspaceId, itemId],
  );
  return row !== undefined;
}
