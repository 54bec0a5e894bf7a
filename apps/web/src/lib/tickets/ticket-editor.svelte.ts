import type { TicketConflictDetailsFragment, TicketFieldsFragment } from '#lib/graphql/generated/graphql.ts';
import type { Outbox, OutboxEntry } from '#lib/live/index.ts';

export type EditedField = 'subject' | 'description' | 'priority' | 'topicId' | 'teamId' | 'requesterId' | 'statusId' | 'assigneeId';

type Refusal = { readonly message: string } | ({ readonly message: string } & TicketConflictDetailsFragment);

interface Answer {
  readonly userErrors: readonly Refusal[];
}

/** Another member changed the field first. */
export interface Conflict {
  readonly field: EditedField;
  readonly details: TicketConflictDetailsFragment & { readonly message: string };
  /** The rejected value. */
  readonly to: string | null;
}

/** What was just changed, and how it is taken back. */
export interface Undoable {
  readonly field: EditedField | 'tags';
  readonly undo: () => Promise<unknown>;
}

interface Edit {
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * Changes to one ticket. A change shows at once; it is taken back with the reason when it is refused, and waits in the
 * outbox when nobody answers. A conflict waits for a decision and overwrites nothing.
 */
export class TicketEditor {
  /** What was chosen and is not confirmed yet, by field. */
  pending = $state.raw<Partial<Record<EditedField, string | null>>>({});
  refusal = $state<string | null>(null);
  conflict = $state.raw<Conflict | null>(null);
  /** Rejected changes of this ticket that the viewer decides later, by their ids in the offline queue. */
  #postponed = $state.raw<readonly string[]>([]);

  constructor(
    private readonly outbox: () => Outbox,
    private readonly ticket: () => TicketFieldsFragment,
    private readonly onSaved: (change: Undoable) => void,
  ) {}

  /** The value to show: what was just chosen, else what waits to be sent, else what the server says. */
  shown(field: EditedField): string | null {
    const chosen = this.pending[field];
    if (chosen !== undefined) return chosen;
    const waiting = this.#waiting(field);
    return waiting ? waiting.to : this.#current(field);
  }

  /** Sets a field from the value that the person saw. True when it was saved, or waits to be. */
  async set(field: EditedField, to: string | null, from: string | null = this.shown(field)): Promise<boolean> {
    if (to === from) return true;
    this.refusal = null;
    this.pending = { ...this.pending, [field]: to };
    const { operation, input } = this.#mutationOf(field, { from, to });
    const outcome = await this.outbox().run<Answer>(operation, input, this.ticket().id);
    const { [field]: _done, ...rest } = this.pending;
    this.pending = rest;
    if ('waiting' in outcome) return true;
    const [error] = outcome.answer.userErrors;
    if (error) this.#refused(field, to, error);
    else this.onSaved({ field, undo: () => this.set(field, from, to) });
    return !error;
  }

  async tag(add: string[], remove: string[]): Promise<void> {
    this.refusal = null;
    const outcome = await this.outbox().run<Answer>('ticketTag', { ticketId: this.ticket().id, add, remove }, this.ticket().id);
    if ('waiting' in outcome) return;
    this.refusal = outcome.answer.userErrors[0]?.message ?? null;
    if (this.refusal === null) this.onSaved({ field: 'tags', undo: () => this.tag(remove, add) });
  }

  /** Opens the conflict of a change that was rejected after it had waited, unless the viewer postponed it. */
  take(entry: OutboxEntry): void {
    const [field, edit] = editIn(entry) ?? [];
    if (!field || !edit || !entry.refusal || !('theirs' in entry.refusal) || this.#postponed.includes(entry.id)) return;
    this.outbox().discard(entry.id);
    this.#refused(field, edit.to, entry.refusal as Refusal);
  }

  /** Rejected changes that wait for the viewer's decision. */
  get postponed(): readonly OutboxEntry[] {
    return this.outbox()
      .of(this.ticket().id)
      .filter(({ id }) => this.#postponed.includes(id));
  }

  /** Closes the conflict without a decision. The viewer's value stays with the unsent changes. */
  postpone(): void {
    if (!this.conflict) return;
    const { field, details, to } = this.conflict;
    const { operation, input } = this.#mutationOf(field, { from: details.base, to });
    const id = this.outbox().keep(operation, input, this.ticket().id, details);
    this.#postponed = [...this.#postponed, id];
    this.conflict = null;
  }

  /** Opens a postponed conflict again. */
  review(entry: OutboxEntry): void {
    this.#postponed = this.#postponed.filter((id) => id !== entry.id);
    this.take(entry);
  }

  keepTheirs(): void {
    this.conflict = null;
  }

  /** Sends the viewer's value once more, on top of the current one. */
  async useMine(): Promise<boolean> {
    if (!this.conflict) return false;
    const { field, details, to } = this.conflict;
    this.conflict = null;
    return this.set(field, to, details.theirs);
  }

  #refused(field: EditedField, to: string | null, error: Refusal): void {
    if ('theirs' in error) this.conflict = { field, details: error, to };
    else this.refusal = error.message;
  }

  #waiting(field: EditedField): Edit | null {
    const edits = this.outbox()
      .of(this.ticket().id)
      .filter(({ refusal }) => refusal === null)
      .map(editIn);
    return edits.findLast((edit) => edit?.[0] === field)?.[1] ?? null;
  }

  #current(field: EditedField): string | null {
    const { subject, description, priority, topic, team, requester, status, assignee } = this.ticket();
    const values: Record<EditedField, string | null> = {
      subject,
      description,
      priority,
      topicId: topic?.id ?? null,
      teamId: team?.id ?? null,
      requesterId: requester?.id ?? null,
      statusId: status.id,
      assigneeId: assignee?.id ?? null,
    };
    return values[field];
  }

  #mutationOf(field: EditedField, { from, to }: Edit) {
    const ticketId = this.ticket().id;
    if (field === 'statusId') return { operation: 'ticketSetStatus', input: { ticketId, from: from ?? '', to: to ?? '' } };
    if (field === 'assigneeId') return { operation: 'ticketAssign', input: { ticketId, from, to } };
    const text = field === 'subject' || field === 'description';
    const edit = text ? { from: from ?? '', to: to ?? '' } : { from, to };
    // A ticket without a customer is internal, which the server wants said.
    const kind = field === 'requesterId' && to === null ? { internal: true } : {};
    return { operation: 'ticketEdit', input: { ticketId, [field]: edit, ...kind } };
  }
}

/** The field that an entry of the outbox changes, and how; null for one that changes none. */
function editIn({ operation, input }: OutboxEntry): [EditedField, Edit] | null {
  if (operation === 'ticketSetStatus') return ['statusId', input as unknown as Edit];
  if (operation === 'ticketAssign') return ['assigneeId', input as unknown as Edit];
  const named = Object.entries(input).find(([name]) => name !== 'ticketId');
  return operation === 'ticketEdit' && named ? [named[0] as EditedField, named[1] as Edit] : null;
}
