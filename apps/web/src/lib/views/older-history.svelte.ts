import type { Client } from '@urql/core';
import {
  OlderHistoryDocument,
  type ActivityEntryFragment,
  type MessageFragment,
  type NoteFragment,
  type TicketPageFragment,
} from '#lib/graphql/generated/graphql.ts';

interface Page<T> {
  readonly pageInfo: { readonly hasPreviousPage: boolean; readonly startCursor: string | null };
  readonly edges: readonly { readonly node: T }[];
}

/** The rows before the newest page, which moves on while it is open. */
export class OlderRows<T extends { readonly id: string }> {
  rows = $state.raw<readonly T[]>([]);
  #read = $state.raw<Page<T> | null>(null);
  #newest: readonly T[] = [];

  /** Keeps what left the newest page; where none of it is left, rows may lie between, and all are read anew. */
  keep({ edges }: Page<T>): void {
    const newest = edges.map(({ node }) => node);
    const left = this.#newest.filter((row) => newest.every(({ id }) => id !== row.id));
    if (left.length > 0 && left.length === this.#newest.length) {
      this.rows = [];
      this.#read = null;
    } else if (left.length > 0) this.rows = [...this.rows, ...left];
    this.#newest = newest;
  }

  /** The page of which more can lie before. */
  oldest(newest: Page<T>): Page<T> {
    return this.#read ?? newest;
  }

  add(page: Page<T>): void {
    this.#read = page;
    this.rows = [...page.edges.map(({ node }) => node), ...this.rows];
  }
}

/** What happened before the newest part of a ticket's history, which the page keeps live by itself. Make it in a component. */
export class OlderHistory {
  readonly #messages = new OlderRows<MessageFragment>();
  readonly #notes = new OlderRows<NoteFragment>();
  readonly #entries = new OlderRows<ActivityEntryFragment>();
  fault = $state<string | null>(null);
  loading = $state(false);

  constructor(
    private readonly client: Client,
    private readonly ticket: () => TicketPageFragment,
  ) {
    $effect(() => {
      const { messages, notes, activity } = ticket();
      this.#messages.keep(messages);
      if (notes) this.#notes.keep(notes);
      this.#entries.keep(activity);
    });
  }

  get messages(): readonly MessageFragment[] {
    return this.#messages.rows;
  }

  get notes(): readonly NoteFragment[] {
    return this.#notes.rows;
  }

  get entries(): readonly ActivityEntryFragment[] {
    return this.#entries.rows;
  }

  get hasMore(): boolean {
    return [this.#oldestMessages, this.#oldestNotes, this.#oldestEntries].some((page) => page?.pageInfo.hasPreviousPage);
  }

  async load(): Promise<void> {
    this.loading = true;
    const variables = {
      id: this.ticket().id,
      beforeMessage: this.#oldestMessages.pageInfo.startCursor,
      beforeNote: this.#oldestNotes?.pageInfo.startCursor ?? null,
      beforeEntry: this.#oldestEntries.pageInfo.startCursor,
    };
    const { data, error } = await this.client.query(OlderHistoryDocument, variables, { requestPolicy: 'network-only' }).toPromise();
    this.loading = false;
    this.fault = error?.message ?? null;
    if (!data?.ticket) return;
    const { messages, notes, activity } = data.ticket;
    // Without a cursor the answer is the newest page again, which is there already.
    if (variables.beforeMessage !== null) this.#messages.add(messages);
    if (notes && variables.beforeNote !== null) this.#notes.add(notes);
    if (variables.beforeEntry !== null) this.#entries.add(activity);
  }

  get #oldestMessages(): Page<MessageFragment> {
    return this.#messages.oldest(this.ticket().messages);
  }

  get #oldestNotes(): Page<NoteFragment> | null {
    const { notes } = this.ticket();
    return notes && this.#notes.oldest(notes);
  }

  get #oldestEntries(): Page<ActivityEntryFragment> {
    return this.#entries.oldest(this.ticket().activity);
  }
}
