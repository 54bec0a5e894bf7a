import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import { requireLine } from '../../kernel/text.ts';
import type { Scope } from '../../platform/scope.ts';
import { findTicket, lockTicketToEdit, type Ticket } from '../tickets/index.ts';
import { ChecklistItem } from './checklist-item.entity.ts';
import { ChecklistConflict, ChecklistItemNotFound } from './checklist.errors.ts';
import { ChecklistEvent } from './checklist.events.ts';

/** A longer list is a plan: it wants tickets of its own, linked to this one. */
const most = 100;

/** Adds things to be done at the end of a ticket's list. */
export function addToChecklist(scope: Scope, ticketId: string, texts: readonly string[]): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicketToEdit(tx, ticketId);
    await beginChecklist(tx, ticket, texts);
    return ticket;
  });
}

/** The same for a ticket that is being made. */
export async function beginChecklist(tx: Scope, { id: ticketId }: Ticket, texts: readonly string[]): Promise<void> {
  const { em, workspaceId } = tx;
  const lines = texts.map((text) => requireChecklistText(text));
  const held = lines.length > 0 ? await em.find(ChecklistItem, { workspaceId, ticketId }, { orderBy: { place: 'desc' } }) : [];
  if (held.length + lines.length > most) {
    throw new InvalidInput(`A checklist has at most ${most} items; this would make ${held.length + lines.length}.`, 'texts');
  }
  const first = (held[0]?.place ?? 0) + 1;
  for (const [index, text] of lines.entries()) {
    const item = { workspaceId, id: newId(), ticketId, text, place: first + index, doneAt: null, doneById: null };
    em.create(ChecklistItem, item, { persist: true });
    record(tx, ChecklistEvent.ADDED, item, { from: null, to: text });
  }
}

export interface EditChecklistItem {
  readonly itemId: string;
  readonly text?: { readonly from: string; readonly to: string } | null | undefined;
  readonly done?: boolean | null | undefined;
}

/** Says a thing in other words, that it is done, or that it is not. Two who tick the same have ticked it once. */
export function editChecklistItem(scope: Scope, { itemId, text, done }: EditChecklistItem): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const { item, ticket } = await lockItem(tx, itemId);
    if (text) rename(tx, item, text);
    if (done != null && (item.doneAt !== null) !== done) {
      item.doneAt = done ? tx.now() : null;
      item.doneById = done && tx.viewer.kind === 'MEMBER' ? tx.viewer.memberId : null;
      record(tx, done ? ChecklistEvent.DONE : ChecklistEvent.UNDONE, item, { from: null, to: item.text });
    }
    return ticket;
  });
}

function rename(tx: Scope, item: ChecklistItem, { from, to: wanted }: { readonly from: string; readonly to: string }): void {
  const to = requireChecklistText(wanted);
  if (item.text === to) return;
  if (item.text !== from) throw new ChecklistConflict(item.text);
  item.text = to;
  record(tx, ChecklistEvent.RENAMED, item, { from, to });
}

export function removeFromChecklist(scope: Scope, itemId: string): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const { item, ticket } = await lockItem(tx, itemId);
    tx.em.remove(item);
    record(tx, ChecklistEvent.REMOVED, item, { from: item.text, to: null });
    return ticket;
  });
}

/** Puts the list in another order; what somebody added meanwhile stands at its end. */
export function orderChecklist(scope: Scope, ticketId: string, itemIds: readonly string[]): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId } = tx;
    const ticket = await lockTicketToEdit(tx, ticketId);
    const items = await em.find(ChecklistItem, { workspaceId, ticketId }, { orderBy: { place: 'asc' } });
    const wanted = new Map(itemIds.map((id, index) => [id, index]));
    const rank = ({ id, place }: ChecklistItem) => wanted.get(id) ?? most + place;
    const ordered = items.toSorted((a, b) => rank(a) - rank(b));
    if (ordered.every((item, index) => item === items[index])) return ticket;
    for (const [index, item] of ordered.entries()) item.place = index + 1;
    tx.record(domainEvent(ChecklistEvent.ORDERED, ticketId));
    return ticket;
  });
}

export function requireChecklistText(text: string): string {
  return requireLine('text', text, limits.subject);
}

async function lockItem(tx: Scope, itemId: string): Promise<{ item: ChecklistItem; ticket: Ticket }> {
  const { em, workspaceId } = tx;
  const found = isId(itemId) ? await em.findOne(ChecklistItem, { workspaceId, id: itemId }) : null;
  if (!found || !(await findTicket(tx, found.ticketId))) throw new ChecklistItemNotFound();
  // The ticket first, as everywhere; somebody may have been faster.
  const ticket = await lockTicketToEdit(tx, found.ticketId);
  const item = await em.findOne(ChecklistItem, { workspaceId, id: itemId }, { refresh: true });
  if (!item) throw new ChecklistItemNotFound();
  return { item, ticket };
}

type Told = Pick<ChecklistItem, 'id' | 'ticketId'>;

function record(
  tx: Scope,
  type: string,
  { id, ticketId }: Told,
  change: { readonly from: string | null; readonly to: string | null },
): void {
  tx.record(domainEvent(type, ticketId, { subjectId: id, changes: [{ field: 'checklist', ...change }] }));
}
