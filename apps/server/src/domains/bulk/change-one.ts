import { isDeepStrictEqual } from 'node:util';
import type { FieldChange } from '../../kernel/domain-event.ts';
import type { Scope } from '../../platform/scope.ts';
import { deleteTicket } from '../lifecycle/index.ts';
import { lockForMerge, mergeTickets } from '../merges/index.ts';
import { addNote } from '../notes/index.ts';
import { assignTicket, changeStatus, editTicket, lockTicket, Tag, tagTicket, TicketTag, type Ticket } from '../tickets/index.ts';
import { addWatcher, removeWatcher, Watcher } from '../watchers/index.ts';
import type { BulkAction } from './bulk.entity.ts';

/** Does to one ticket what is done to all, by the use cases of single changes: with their rights, rules and events. */
export async function applyTo(tx: Scope, ticketId: string, action: BulkAction): Promise<FieldChange[]> {
  if (action.mergeIntoId != null) await lockForMerge(tx, { sourceId: ticketId, destinationId: action.mergeIntoId });
  const ticket = await lockTicket(tx, ticketId);
  const before = await stateOf(tx, ticket);
  const { assigneeId, teamId, priority, statusId, addTags, removeTags, watch, note, mergeIntoId, delete: deleting } = action;
  // What stands now is what is meant to change, whatever it is: nobody looked at each.
  if (teamId !== undefined || priority != null) {
    await editTicket(tx, {
      ticketId,
      ...(teamId === undefined ? {} : { teamId: { from: ticket.teamId, to: teamId } }),
      ...(priority == null ? {} : { priority: { from: ticket.priority, to: priority } }),
    });
  }
  if (statusId != null) await changeStatus(tx, { ticketId, from: ticket.statusId, to: statusId });
  if (addTags?.length || removeTags?.length) await tagTicket(tx, { ticketId, add: addTags ?? [], remove: removeTags ?? [] });
  if (watch != null) await (watch ? addWatcher : removeWatcher)(tx, { ticketId, memberId: tx.viewer.memberId });
  const noted = note == null ? null : (await addNote(tx, { ticketId, body: note })).id;
  // Last: whoever gives a ticket away may change it no more.
  if (assigneeId !== undefined) await assignTicket(tx, { ticketId, from: ticket.assigneeId, to: assigneeId });
  if (mergeIntoId != null) await mergeTickets(tx, { sourceId: ticketId, destinationId: mergeIntoId });
  if (deleting) {
    await deleteTicket(tx, ticketId);
    return [{ field: 'deleted', from: null, to: true }];
  }
  await tx.em.flush();
  const written = noted === null ? [] : [{ field: 'note', from: null, to: noted }];
  return [...written, ...changesBetween(before, await stateOf(tx, ticket), mergeIntoId != null)];
}

const fields = ['teamId', 'priority', 'statusId', 'assigneeId'] as const;
type Field = (typeof fields)[number];

interface State {
  readonly fields: Readonly<Record<Field, string | null>>;
  readonly tags: ReadonlySet<string>;
  readonly watcherId: string | null;
}

async function stateOf({ em, workspaceId, viewer }: Scope, ticket: Ticket): Promise<State> {
  const links = await em.find(TicketTag, { workspaceId, ticketId: ticket.id });
  const tags = await em.find(Tag, { workspaceId, id: { $in: links.map(({ tagId }) => tagId) } });
  const watching = await em.count(Watcher, { workspaceId, ticketId: ticket.id, memberId: viewer.memberId });
  const { teamId, priority, statusId, assigneeId } = ticket;
  return {
    fields: { teamId, priority, statusId, assigneeId },
    tags: new Set(tags.map(({ name }) => name)),
    watcherId: watching > 0 ? viewer.memberId : null,
  };
}

function changesBetween(before: State, after: State, merged: boolean): FieldChange[] {
  // A merge closes its source and is undone as a whole.
  if (merged) return [{ field: 'merge', from: null, to: true }];
  const changed = fields.flatMap((field) =>
    isDeepStrictEqual(before.fields[field], after.fields[field]) ? [] : [{ field, from: before.fields[field], to: after.fields[field] }],
  );
  const added = [...after.tags].filter((name) => !before.tags.has(name)).map((name) => ({ field: 'tag', from: null, to: name }));
  const removed = [...before.tags].filter((name) => !after.tags.has(name)).map((name) => ({ field: 'tag', from: name, to: null }));
  const watching = before.watcherId === after.watcherId ? [] : [{ field: 'watcher', from: before.watcherId, to: after.watcherId }];
  return [...changed, ...added, ...removed, ...watching];
}
