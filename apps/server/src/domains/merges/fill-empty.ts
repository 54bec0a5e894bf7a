import { domainEvent, type FieldChange } from '../../kernel/domain-event.ts';
import type { Scope } from '../../platform/scope.ts';
import { findCurrentContact } from '../contacts/index.ts';
import { copyFields, fieldPrefix, removeCopiedFields, type CopiedFields } from '../fields/index.ts';
import { isBlank, TicketEvent, type RichText, type Ticket } from '../tickets/index.ts';
import type { Merge } from './merge.entity.ts';

const plainFields = ['requesterId', 'topicId', 'description'] as const;

/** Fills empty fields of the destination with the values of the source, and notes in the merge what was filled. */
export async function fillEmpty(tx: Scope, merge: Merge, source: Ticket, destination: Ticket): Promise<void> {
  const filled: Record<string, string> = {};
  const changes: FieldChange[] = [];
  for (const field of plainFields) {
    const [from, to] = [destination[field], source[field]];
    if (!isEmpty(from) || to === null || isEmpty(to)) continue;
    setPlain(destination, field, to);
    filled[field] = to;
    changes.push({ field, from, to });
  }
  if (changes.length > 0) tx.record(domainEvent(TicketEvent.EDITED, destination.id, { changes, subjectId: merge.id }));
  merge.filled = { ...filled, ...(await copyFields(tx, { from: source, to: destination, subjectId: merge.id })) };
}

/** Empties the fields again that still have what the merge filled in. */
export async function emptyFilled(tx: Scope, { id, filled }: Merge, destination: Ticket): Promise<void> {
  const changes: FieldChange[] = [];
  for (const field of plainFields) {
    const value = filled[field];
    if (typeof value !== 'string') continue;
    const from = field === 'requesterId' ? ((await findCurrentContact(tx, value))?.id ?? value) : value;
    if (destination[field] !== from) continue;
    const to = field === 'description' ? '' : null;
    setPlain(destination, field, to);
    changes.push({ field, from, to });
  }
  if (changes.length > 0) tx.record(domainEvent(TicketEvent.EDITED, destination.id, { changes, subjectId: id }));
  const fields = Object.entries(filled).filter(([field]) => field.startsWith(fieldPrefix));
  await removeCopiedFields(tx, destination.id, Object.fromEntries(fields) as CopiedFields, id);
}

function isEmpty(value: string | null): boolean {
  return value === null || isBlank(value);
}

function setPlain(ticket: Ticket, field: (typeof plainFields)[number], value: string | null): void {
  if (field === 'description') ticket.describe((value ?? '') as RichText);
  else ticket[field] = value;
}
