import { isDeepStrictEqual } from 'node:util';
import { domainEvent, type FieldChange } from '../../kernel/domain-event.ts';
import type { Scope } from '../../platform/scope.ts';
import type { Ticket } from '../tickets/index.ts';
import { FieldEvent } from './field.events.ts';
import { CustomField, TicketField } from './field.entity.ts';
import { fieldPrefix } from './set-fields.ts';

export interface CopyFields {
  readonly from: Ticket;
  readonly to: Ticket;
  /** What the values are copied with, such as a merge. */
  readonly subjectId: string;
}

/** Values by the name of their field in the log. */
export type CopiedFields = Readonly<Record<string, readonly string[]>>;

/**
 * Copies the custom fields that the other ticket has empty, and returns what was copied. A field that customers see is
 * copied only between tickets of the same customer.
 */
export async function copyFields(tx: Scope, { from, to, subjectId }: CopyFields): Promise<CopiedFields> {
  const { em, workspaceId } = tx;
  const held = await em.find(TicketField, { workspaceId, ticketId: { $in: [from.id, to.id] } });
  const filled = new Set(held.filter(({ ticketId }) => ticketId === to.id).map(({ fieldId }) => fieldId));
  const fields = await em.find(CustomField, { workspaceId, removedAt: null }, { orderBy: { place: 'asc', id: 'asc' } });
  const copied = fields.flatMap(({ id, forClients }) => {
    const own = held.find(({ ticketId, fieldId }) => ticketId === from.id && fieldId === id);
    return !own || filled.has(id) || (forClients && from.requesterId !== to.requesterId) ? [] : [own];
  });
  if (copied.length === 0) return {};
  await em.insertMany(
    TicketField,
    copied.map(({ fieldId, value }) => ({ workspaceId, ticketId: to.id, fieldId, value })),
  );
  const changes = copied.map(({ fieldId, value }) => ({ field: `${fieldPrefix}${fieldId}`, from: null, to: value }));
  tx.record(domainEvent(FieldEvent.SET, to.id, { changes, subjectId }));
  return Object.fromEntries(changes.map(({ field, to: value }) => [field, value]));
}

/** Empties the fields that still have the copied value. */
export async function removeCopiedFields(tx: Scope, ticketId: string, copied: CopiedFields, subjectId: string): Promise<void> {
  const { em, workspaceId } = tx;
  const changes: FieldChange[] = [];
  for (const [field, value] of Object.entries(copied)) {
    const held = await em.findOne(TicketField, { workspaceId, ticketId, fieldId: field.slice(fieldPrefix.length) });
    if (!held || !isDeepStrictEqual(held.value, value)) continue;
    em.remove(held);
    changes.push({ field, from: value, to: null });
  }
  await em.flush();
  if (changes.length > 0) tx.record(domainEvent(FieldEvent.SET, ticketId, { changes, subjectId }));
}
