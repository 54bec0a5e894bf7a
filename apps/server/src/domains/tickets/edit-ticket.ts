import type { Priority } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import type { FieldChange } from '../../kernel/domain-event.ts';
import type { Scope } from '../../platform/scope.ts';
import { findCurrentContact } from '../contacts/index.ts';
import { teamById } from '../identity/index.ts';
import { lockTicketToEdit } from './find-ticket.ts';
import { requireContact, requireReference, topicById } from './references.ts';
import { cleanRichText } from './rich-text.ts';
import { requireUnchanged } from './still-true.ts';
import type { Ticket } from './ticket.entity.ts';
import { TicketEvent, ticketEvent } from './ticket.events.ts';

/** A new value, and the one the editor started from: edits to other fields never get in the way. */
interface Edit<T> {
  readonly from: T;
  readonly to: T;
}

export interface EditTicket {
  readonly ticketId: string;
  readonly subject?: Edit<string> | null | undefined;
  readonly description?: Edit<string> | null | undefined;
  readonly priority?: Edit<Priority> | null | undefined;
  readonly topicId?: Edit<string | null> | null | undefined;
  readonly teamId?: Edit<string | null> | null | undefined;
  readonly requesterId?: Edit<string | null> | null | undefined;
  /** Allows to remove the customer, which makes the ticket internal. */
  readonly internal?: boolean | null | undefined;
}

const fields = ['subject', 'description', 'priority', 'topicId', 'teamId', 'requesterId'] as const;
type Field = (typeof fields)[number];

/** Changes any of the plain fields at once: all of them, or none and the first refusal. */
export function editTicket(scope: Scope, command: EditTicket): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const wanted = await withCurrentRequester(tx, command);
    const ticket = await lockTicketToEdit(tx, command.ticketId);
    const named = fields.filter((field) => wanted[field]);
    if (named.length === 0) throw new InvalidInput('No field to change was given. Name at least one.');

    const changes: FieldChange[] = [];
    for (const field of named) {
      const edit = wanted[field];
      if (!edit) continue;
      await requireUnchanged(tx, ticket, field, edit);
      const from = ticket[field];
      await setField(tx, ticket, field, edit.to);
      if (ticket[field] !== from) changes.push({ field, from, to: ticket[field] });
    }
    if (changes.length > 0) tx.record(ticketEvent(TicketEvent.EDITED, ticket.id, changes));
    return ticket;
  });
}

/** The ticket may be edited from and to a contact that was merged since. */
async function withCurrentRequester(tx: Scope, command: EditTicket): Promise<EditTicket> {
  if (!command.requesterId) return command;
  const { from, to } = command.requesterId;
  if (to === null && from !== null && command.internal !== true) {
    throw new InvalidInput('A ticket needs a customer. Choose another, or mark the ticket as internal.', 'requesterId');
  }
  const current = {
    from: from === null ? null : ((await findCurrentContact(tx, from))?.id ?? from),
    to: to === null ? null : (await requireContact(tx, to, 'requesterId')).id,
  };
  return { ...command, requesterId: current };
}

async function setField(tx: Scope, ticket: Ticket, field: Field, to: string | null): Promise<void> {
  if (field === 'subject') return ticket.rename(to ?? '');
  if (field === 'description') return ticket.describe(await cleanRichText('description', to ?? ''));
  if (field === 'priority') ticket.priority = to as Priority;
  else if (field === 'topicId') ticket.topicId = await known(tx, topicById, to, field, 'topic');
  else if (field === 'teamId') ticket.teamId = await known(tx, teamById, to, field, 'team');
  else ticket.requesterId = to;
}

async function known<V>(
  ...[tx, loader, id, field, what]: [Scope, Parameters<typeof requireReference<V>>[1], string | null, Field, string]
) {
  if (id !== null) await requireReference(tx, loader, id, field, what);
  return id;
}
