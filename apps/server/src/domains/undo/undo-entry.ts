import type { DomainEvent } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import { EventRecord } from '../../platform/event-record.entity.ts';
import { loaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { FieldEvent } from '../fields/index.ts';
import { Merge, MergeEvent, unmergeTickets } from '../merges/index.ts';
import { Split, SplitEvent, unsplitTicket } from '../splits/index.ts';
import { findTicket, TicketEvent } from '../tickets/index.ts';
import { WatcherEvent } from '../watchers/index.ts';
import { takeBack } from './take-back.ts';
import { EntryNotFound, UndoRefused } from './undo.errors.ts';

/** What an undo puts back: the changes of one entry, or all that a merge or a split moved. */
export const EntryUndo = { CHANGES: 'CHANGES', MERGE: 'MERGE', SPLIT: 'SPLIT' } as const;
export type EntryUndo = (typeof EntryUndo)[keyof typeof EntryUndo];

type Entry = Pick<DomainEvent, 'type' | 'subjectId' | 'changes'>;

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

/** What undoing an entry of the log would do; null where it cannot be undone, as a note or a merge that was undone. */
export async function undoOf(scope: Scope, { type, subjectId, changes }: Entry): Promise<EntryUndo | null> {
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
    if (!entry || !ticketId || !(await findTicket(tx, ticketId))) throw new EntryNotFound();
    const undo = await undoOf(tx, entry);
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
