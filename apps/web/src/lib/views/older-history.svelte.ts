import type { Client } from '@urql/core';
import {
  OlderHistoryDocument,
  type ActivityEntryFragment,
  type NoteFragment,
  type TicketPageFragment,
} from '#lib/graphql/generated/graphql.ts';

interface Page<T> {
  readonly pageInfo: { readonly hasPreviousPage: boolean; readonly startCursor: string | null };
  readonly edges: readonly { readonly node: T }[];
}

/** What happened before the newest part of a ticket's history, which the page keeps live by itself. */
export class OlderHistory {
  notes = $state.raw<readonly NoteFragment[]>([]);
  entries = $state.raw<readonly ActivityEntryFragment[]>([]);
  fault = $state<string | null>(null);
  loading = $state(false);
  #notes = $state.raw<Page<NoteFragment> | null>(null);
  #entries = $state.raw<Page<ActivityEntryFragment> | null>(null);

  constructor(
    private readonly client: Client,
    private readonly ticket: () => TicketPageFragment,
  ) {}

  get hasMore(): boolean {
    return [this.#oldestNotes, this.#oldestEntries].some((page) => page?.pageInfo.hasPreviousPage);
  }

  async load(): Promise<void> {
    this.loading = true;
    const variables = {
      id: this.ticket().id,
      beforeNote: this.#oldestNotes?.pageInfo.startCursor ?? null,
      beforeEntry: this.#oldestEntries?.pageInfo.startCursor ?? null,
    };
    const { data, error } = await this.client.query(OlderHistoryDocument, variables, { requestPolicy: 'network-only' }).toPromise();
    this.loading = false;
    this.fault = error?.message ?? null;
    if (!data?.ticket) return;
    const { notes, activity } = data.ticket;
    // Without a cursor the answer is the newest page again, which is there already.
    if (notes && variables.beforeNote !== null) {
      this.#notes = notes;
      this.notes = [...notes.edges.map(({ node }) => node), ...this.notes];
    }
    if (variables.beforeEntry !== null) {
      this.#entries = activity;
      this.entries = [...activity.edges.map(({ node }) => node), ...this.entries];
    }
  }

  get #oldestNotes(): Page<NoteFragment> | null {
    return this.#notes ?? this.ticket().notes;
  }

  get #oldestEntries(): Page<ActivityEntryFragment> {
    return this.#entries ?? this.ticket().activity;
  }
}
