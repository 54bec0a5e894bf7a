import { FieldsRefused, type FieldFault } from '../../kernel/domain-error.ts';
import { domainEvent, type DomainEvent, type FieldChange } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import type { Reaction } from '../../platform/event-log.ts';
import type { Scope } from '../../platform/scope.ts';
import { findCurrentContact } from '../contacts/index.ts';
import { memberById } from '../identity/index.ts';
import { lockTicketToEdit, Ticket, TicketEvent } from '../tickets/index.ts';
import { canonicalValues, UnfitValue } from './field-value.ts';
import { FieldEvent } from './field.events.ts';
import { TicketField, type CustomField } from './field.entity.ts';
import { fieldsOfTopic } from './find-fields.ts';

export interface FieldEdit {
  readonly fieldId: string;
  /** What the editor started from; null where nothing was shown, as for a new ticket. */
  readonly from?: readonly string[] | null | undefined;
  readonly to: readonly string[];
}

/** How a change of a field is named in the log. */
export const fieldPrefix = 'field:';

/** Sets any of a ticket's fields at once: all of them, or none and a refusal that says of each why. */
export function setFields(scope: Scope, ticketId: string, edits: readonly FieldEdit[]): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicketToEdit(tx, ticketId);
    await writeFields(tx, ticket, edits);
    return ticket;
  });
}

/** Gives a new ticket its fields, with the defaults of those that were not given. */
export async function beginFields(tx: Scope, ticket: Ticket, given: readonly FieldEdit[]): Promise<void> {
  const named = new Set(given.map(({ fieldId }) => fieldId));
  const defaults = (await fieldsOfTopic(tx, ticket.topicId)).filter(({ id, defaultValues }) => !named.has(id) && defaultValues.length > 0);
  await writeFields(tx, ticket, [...given, ...defaults.map(({ id: fieldId, defaultValues: to }) => ({ fieldId, to }))]);
}

async function writeFields(tx: Scope, ticket: Ticket, edits: readonly FieldEdit[]): Promise<void> {
  const { em, workspaceId } = tx;
  const fields = new Map((await fieldsOfTopic(tx, ticket.topicId)).map((field) => [field.id, field]));
  const held = new Map((await em.find(TicketField, { workspaceId, ticketId: ticket.id })).map((row) => [row.fieldId, row]));
  const faults: FieldFault[] = [];
  const changes: FieldChange[] = [];
  for (const { fieldId, from, to } of edits) {
    const field = fields.get(fieldId);
    const theirs = held.get(fieldId)?.value ?? [];
    const outcome = field ? await fit(tx, field, to) : { fault: 'Tickets of this topic have no such field.' };
    if ('fault' in outcome) faults.push({ fieldId, message: outcome.fault, theirs: null });
    else if (from != null && !same(from, theirs) && !same(outcome.values, theirs)) {
      faults.push({ fieldId, message: 'Somebody changed this while you edited it. Look at what it says now, and save again.', theirs });
    } else if (!same(outcome.values, theirs)) {
      if (outcome.values.length === 0) await em.nativeDelete(TicketField, { workspaceId, ticketId: ticket.id, fieldId });
      else await em.upsert(TicketField, { workspaceId, ticketId: ticket.id, fieldId, value: outcome.values });
      changes.push({
        field: `${fieldPrefix}${fieldId}`,
        from: theirs.length > 0 ? theirs : null,
        to: outcome.values.length > 0 ? outcome.values : null,
      });
    }
  }
  if (faults.length > 0) throw new FieldsRefused(faults);
  if (changes.length > 0) tx.record(domainEvent(FieldEvent.SET, ticket.id, { changes }));
}

async function fit(tx: Scope, field: CustomField, given: readonly string[]): Promise<{ values: string[] } | { fault: string }> {
  try {
    const values = canonicalValues(field, given);
    if (field.type === 'CONTACT') return await fitContacts(tx, values);
    for (const id of values) {
      if (field.type === 'MEMBER' && !(isId(id) && (await tx.load(memberById, id)))) return { fault: 'There is no such member.' };
    }
    return { values };
  } catch (error) {
    if (error instanceof UnfitValue) return { fault: error.message };
    throw error;
  }
}

async function fitContacts(tx: Scope, ids: readonly string[]): Promise<{ values: string[] } | { fault: string }> {
  const contacts = await Promise.all(ids.map((id) => findCurrentContact(tx, id)));
  if (contacts.includes(null)) return { fault: 'Customer not found. Choose one from the list.' };
  return { values: [...new Set(contacts.flatMap((contact) => contact?.id ?? []))] };
}

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((value) => b.includes(value));

/**
 * Refuses what leaves a field without the value that it must have, and undoes it whole: a new ticket, another topic, an
 * emptied field, a ticket that is done. What the desk itself or a client brings about is not held up by it.
 */
export const requireFields: Reaction = {
  to: [TicketEvent.CREATED, TicketEvent.EDITED, TicketEvent.STATUS_CHANGED, FieldEvent.SET],
  async run(tx, event) {
    const { em, workspaceId, viewer } = tx;
    if (viewer.kind !== 'MEMBER' || !concerns(event)) return;
    await em.flush();
    const ticket = await em.findOneOrFail(Ticket, { workspaceId, id: event.ticketId ?? '' });
    if (ticket.mergedIntoId !== null) return;
    const isDone = ticket.category === 'RESOLVED' || ticket.category === 'CLOSED';
    const needed = (await fieldsOfTopic(tx, ticket.topicId)).filter(
      ({ required }) => required === 'ALWAYS' || (required === 'ON_RESOLVE' && isDone),
    );
    if (needed.length === 0) return;
    const held = new Set((await em.find(TicketField, { workspaceId, ticketId: ticket.id })).map(({ fieldId }) => fieldId));
    const missing = needed.filter(({ id }) => !held.has(id));
    // A ticket from before the field was made is asked for it where somebody touches it, not at each change.
    const asked =
      event.type === FieldEvent.SET
        ? missing.filter(({ id }) => isDone || event.changes.some(({ field }) => field === `${fieldPrefix}${id}`))
        : missing;
    if (asked.length === 0) return;
    throw new FieldsRefused(
      asked.map(({ id, name, required }) => ({
        fieldId: id,
        message: `"${name.en ?? Object.values(name)[0] ?? ''}" must be filled in${required === 'ON_RESOLVE' ? ' before the ticket is done' : ''}.`,
        theirs: null,
      })),
    );
  },
};

/** A merge and its undo change fields of the destination (`subjectId`); what it lacked before is not their concern. */
function concerns({ type, changes, subjectId }: DomainEvent): boolean {
  if (subjectId !== null && (type === TicketEvent.EDITED || type === FieldEvent.SET)) return false;
  return type !== TicketEvent.EDITED || changes.some(({ field }) => field === 'topicId');
}
