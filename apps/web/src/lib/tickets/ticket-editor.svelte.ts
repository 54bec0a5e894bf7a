import type { Client } from '@urql/core';
import {
  TicketAssignDocument,
  TicketEditDocument,
  TicketSetStatusDocument,
  TicketTagDocument,
  type Priority,
  type TicketConflictDetailsFragment,
  type TicketFieldsFragment,
} from '#lib/graphql/generated/graphql.ts';
import { mutate } from '#lib/graphql/index.ts';

export type EditedField = 'subject' | 'description' | 'priority' | 'topicId' | 'teamId' | 'requesterId' | 'statusId' | 'assigneeId';

type Refusal = { readonly message: string } | ({ readonly message: string } & TicketConflictDetailsFragment);

/** Somebody was first. `again` sends our value once more, on top of theirs. */
export interface Conflict {
  readonly field: EditedField;
  readonly details: TicketConflictDetailsFragment;
  readonly again: () => Promise<boolean>;
}

/**
 * Changes to one ticket. A change shows at once and is taken back with the reason when it is refused; a conflict waits
 * for a decision and overwrites nothing.
 */
export class TicketEditor {
  /** What was chosen and is not confirmed yet, by field. */
  pending = $state.raw<Partial<Record<EditedField, string | null>>>({});
  refusal = $state<string | null>(null);
  conflict = $state.raw<Conflict | null>(null);

  constructor(
    private readonly client: Client,
    private readonly ticket: () => TicketFieldsFragment,
    private readonly offline: () => string,
  ) {}

  /** The value to show: what was just chosen, else what the server says. */
  shown(field: EditedField): string | null {
    const chosen = this.pending[field];
    return chosen === undefined ? this.#current(field) : chosen;
  }

  /** Sets a field from the value that the person saw. True when it was saved. */
  async set(field: EditedField, to: string | null, from: string | null = this.#current(field)): Promise<boolean> {
    if (to === from) return true;
    this.refusal = null;
    this.pending = { ...this.pending, [field]: to };
    const errors = await this.#send(field, from, to);
    const { [field]: _done, ...rest } = this.pending;
    this.pending = rest;
    if (errors === null) this.refusal = this.offline();
    const [error] = errors ?? [];
    if (error && 'theirs' in error) {
      this.conflict = { field, details: error, again: () => this.set(field, to, error.theirs) };
    } else if (error) this.refusal = error.message;
    return errors?.length === 0;
  }

  async tag(add: string[], remove: string[]): Promise<void> {
    this.refusal = null;
    const data = await mutate(this.client, TicketTagDocument, { input: { ticketId: this.ticket().id, add, remove } });
    this.refusal = data ? (data.ticketTag.userErrors[0]?.message ?? null) : this.offline();
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

  async #send(field: EditedField, from: string | null, to: string | null): Promise<readonly Refusal[] | null> {
    const ticketId = this.ticket().id;
    if (field === 'statusId') {
      const data = await mutate(this.client, TicketSetStatusDocument, { input: { ticketId, from: from ?? '', to: to ?? '' } });
      return data && data.ticketSetStatus.userErrors;
    }
    if (field === 'assigneeId') {
      const data = await mutate(this.client, TicketAssignDocument, { input: { ticketId, from, to } });
      return data && data.ticketAssign.userErrors;
    }
    const edit =
      field === 'priority'
        ? { priority: { from: from as Priority, to: to as Priority } }
        : field === 'subject' || field === 'description'
          ? { [field]: { from: from ?? '', to: to ?? '' } }
          : { [field]: { from, to } };
    const data = await mutate(this.client, TicketEditDocument, { input: { ticketId, ...edit } });
    return data && data.ticketEdit.userErrors;
  }
}
