import { isId } from '../../kernel/id.ts';
import { may } from '../../kernel/viewer.ts';
import { EventRecord } from '../../platform/event-record.entity.ts';
import { loaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { FieldEvent } from '../fields/index.ts';
import { restoreTicket } from '../lifecycle/index.ts';
import { Merge, MergeEvent, unmergeTickets } from '../merges/index.ts';
import { Split, SplitEvent, unsplitTicket } from '../splits/index.ts';
import { findTicket, TicketEvent } from '../tickets/index.ts';
import { WatcherEvent } from '../watchers/index.ts';
import { takeBack } from './take-back.ts';
import { EntryNotFound, UndoRefused } from './undo.errors.ts';

/** What an undo puts back: the changes of one entry, all that a merge or a split moved, or a deleted ticket. */
export const EntryUndo = { CHANGES: 'CHANGES', MERGE: 'MERGE', SPLIT: 'SPLIT', DELETION: 'DELETION' } as const;
export type EntryUndo = (typeof EntryUndo)[keyof typeof EntryUndo];

type Entry = Pick<EventRecord, 'id' | 'type' | 'ticketId' | 'subjectId' | 'changes'>;

const revertible = new Set<string>([
  TicketEvent.EDITED,
  TicketEvent.STATUS_CHANGED,
  TicketEvent.ASSIGNED,
  TicketEvent.TAGGED,
  TicketEvent.SNOOZED,
  FieldEvent.SET,
  WatcherEvent.ADDED,
  WatcherEvent.REMOVED,
]);
const ofMerges = new Set<string>([MergeEvent.MERGED, MergeEvent.RECEIVED]);
const ofSplits = new Set<string>([SplitEvent.SPLIT, SplitEvent.BEGAN]);

const mergeById = loaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) => em.find(Merge, { workspaceId, id: { $in: [...ids] } }),
  ({ id }) => id,
);

const splitById = loaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) => em.find(Split, { workspaceId, id: { $in: [...ids] } }),
  ({ id }) => id,
);

/** The entries of the last deletions of some tickets that are deleted. */
const deletionByTicket = loaderByKey(
  async ({ em, workspaceId }, ids: readonly string[]): Promise<{ id: string; ticketId: string }[]> =>
    em.execute(
      `select distinct on (e.ticket_id) e.id, e.ticket_id as "ticketId" from event e
       join ticket t on t.workspace_id = e.workspace_id and t.id = e.ticket_id and t.deleted_at is not null
       where e.workspace_id = ? and e.ticket_id = any(?::uuid[]) and e.type = ? order by e.ticket_id, e.ticket_version desc`,
      [workspaceId, `{${ids.join(',')}}`, TicketEvent.DELETED],
    ),
  ({ ticketId }) => ticketId,
);

/** The log entry of the deletion of a deleted ticket. */
export async function findDeletion(scope: Scope, ticketId: string): Promise<EventRecord | null> {
  const found = await scope.load(deletionByTicket, ticketId);
  return found && scope.em.findOne(EventRecord, { workspaceId: scope.workspaceId, id: found.id });
}

/** What undoing an entry of the log would do; null where it cannot be undone, as a note or a merge that was undone. */
export async function undoOf(scope: Scope, { id, type, ticketId, subjectId, changes }: Entry): Promise<EntryUndo | null> {
  if (type === TicketEvent.DELETED) {
    const last = ticketId === null ? null : await scope.load(deletionByTicket, ticketId);
    return last?.id === id ? EntryUndo.DELETION : null;
  }
  if (ofMerges.has(type)) return (await scope.load(mergeById, subjectId))?.undoneAt === null ? EntryUndo.MERGE : null;
  if (ofSplits.has(type)) return (await scope.load(splitById, subjectId))?.undoneAt === null ? EntryUndo.SPLIT : null;
  // What a merge brought along goes back with it.
  return revertible.has(type) && subjectId === null && changes.length > 0 ? EntryUndo.CHANGES : null;
}

/** Puts back what an entry of the log tells of: all of it, or nothing where somebody has changed any of it since. */
export function undoEntry(scope: Scope, entryId: string): Promise<string> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId } = tx;
    const entry = isId(entryId) ? await em.findOne(EventRecord, { workspaceId, id: entryId }) : null;
    const ticketId = entry?.ticketId;
    if (!entry || !ticketId) throw new EntryNotFound();
    const undo = await undoOf(tx, entry);
    // Nobody can read a deleted ticket: restoring it checks who may.
    if (undo === EntryUndo.DELETION) {
      if (!may(tx.viewer, 'ticket.delete')) throw new EntryNotFound();
      await restoreTicket(tx, ticketId);
      return ticketId;
    }
    if (!(await findTicket(tx, ticketId))) throw new EntryNotFound();
    if (undo === null) throw new UndoRefused('This cannot be undone. Change the ticket itself to what it should be.');
    if (undo === EntryUndo.MERGE) {
      await unmergeTickets(tx, (await em.findOneOrFail(Merge, { workspaceId, id: entry.subjectId ?? '' })).sourceId);
      return ticketId;
    }
    if (undo === EntryUndo.SPLIT) {
      await unsplitTicket(tx, entry.subjectId ?? '');
      return ticketId;
    }
    const skipped = await takeBack(tx, ticketId, entry.changes);
    if (skipped.length > 0)
      throw new UndoRefused('Somebody changed this since, so nothing was put back. Change it to what it should be now.');
    return ticketId;
  });
}
