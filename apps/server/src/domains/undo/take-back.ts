import { isDeepStrictEqual } from 'node:util';
import type { FieldChange } from '../../kernel/domain-event.ts';
import type { Scope } from '../../platform/scope.ts';
import { lockCurrentContact } from '../contacts/index.ts';
import { fieldPrefix, setFields, TicketField } from '../fields/index.ts';
import { restoreTicket } from '../lifecycle/index.ts';
import { unmergeTickets } from '../merges/index.ts';
import { deleteNote } from '../notes/index.ts';
import {
  assignTicket,
  editTicket,
  lockTicket,
  lockTicketToEdit,
  restoreStatus,
  snoozeTicket,
  Tag,
  tagTicket,
  TicketTag,
  type Ticket,
} from '../tickets/index.ts';
import { addWatcher, removeWatcher } from '../watchers/index.ts';

/**
 * Puts back what still is as some changes left it, by the use cases of single changes: with their rights, rules and events.
 * Answers the fields that somebody has changed since, which stay as they are.
 */
export async function takeBack(tx: Scope, ticketId: string, changes: readonly FieldChange[]): Promise<string[]> {
  const skipped: string[] = [];
  // Contacts are locked before tickets.
  for (const { field, from } of changes) if (field === 'requesterId' && from !== null) await lockCurrentContact(tx, String(from));
  // First what brings the ticket back.
  for (const { field } of changes) {
    if (field === 'merge') await unmergeTickets(tx, ticketId);
    if (field === 'deleted') await restoreTicket(tx, ticketId);
  }
  for (const change of changes) {
    if (change.field === 'merge' || change.field === 'deleted') continue;
    if (!(await takeBackOne(tx, await lockTicket(tx, ticketId), change))) skipped.push(change.field);
    // Before the ticket is read anew.
    await tx.em.flush();
  }
  return skipped;
}

/** False where somebody changed it since. */
async function takeBackOne(tx: Scope, ticket: Ticket, { field, from, to }: FieldChange): Promise<boolean> {
  const ticketId = ticket.id;
  if (field === 'note') {
    await deleteNote(tx, String(to));
    return true;
  }
  if (field === 'tag') {
    const [had, got] = [from as string | null, to as string | null];
    if ((await hasTag(tx, ticketId, (had ?? got) as string)) !== (got !== null)) return false;
    await tagTicket(tx, { ticketId, add: had === null ? [] : [had], remove: got === null ? [] : [got] });
    return true;
  }
  if (field === 'watcher') {
    await (from === null ? removeWatcher : addWatcher)(tx, { ticketId, memberId: (from ?? to) as string });
    return true;
  }
  if (field.startsWith(fieldPrefix)) {
    const fieldId = field.slice(fieldPrefix.length);
    const held = await tx.em.findOne(TicketField, { workspaceId: tx.workspaceId, ticketId, fieldId });
    if (!isDeepStrictEqual(held?.value ?? null, to)) return false;
    await setFields(tx, ticketId, [{ fieldId, to: (from as readonly string[] | null) ?? [] }]);
    return true;
  }
  if (logged(ticket[field as keyof Ticket]) !== logged(to)) return false;
  if (field === 'assigneeId') await assignTicket(tx, { ticketId, from: to as string | null, to: from as string | null });
  else if (field === 'statusId') await restoreStatus(tx, await lockTicketToEdit(tx, ticketId), from as string);
  else if (field === 'snoozedUntil') await snoozeTicket(tx, { ticketId, until: stillToCome(tx, from) });
  else await editTicket(tx, { ticketId, [field]: { from: to, to: from }, internal: field === 'requesterId' && from === null });
  return true;
}

/** As the log keeps it: instants as texts, nothing as null. */
const logged = (value: unknown) => (value instanceof Date ? value.toISOString() : (value ?? null));

function stillToCome(tx: Scope, instant: unknown): Date | null {
  const at = instant === null ? null : new Date(instant as string);
  return at && at > tx.now() ? at : null;
}

async function hasTag({ em, workspaceId }: Scope, ticketId: string, name: string): Promise<boolean> {
  const tag = await em.findOne(Tag, { workspaceId, name });
  return tag !== null && (await em.count(TicketTag, { workspaceId, ticketId, tagId: tag.id })) > 0;
}
