import type { Client } from '@urql/core';
import type { Client as Socket } from 'graphql-ws';
import { SvelteMap } from 'svelte/reactivity';
import {
  ViewChangedDocument,
  ViewPageDocument,
  type TicketOrder,
  type TicketRowFragment,
  type ViewChangedSubscription,
} from '#lib/graphql/generated/graphql.ts';
import { followChanges } from '#lib/live/index.ts';
import { placeFor } from './ticket-order.ts';

export type TicketRow = TicketRowFragment;
type ViewChange = ViewChangedSubscription['viewChanged'];

const pageSize = 60;

/**
 * A live list of any length. Holds the rows that were looked at and gaps for the rest; changes from the server put
 * rows in, take them out and move them while the list is read.
 */
export class TicketList {
  /** The ids in the list's order; null where a row has not been loaded. */
  ids = $state.raw<(string | null)[]>([]);
  fault = $state<string | null>(null);
  ready = $state(false);
  missing = $state(false);
  readonly rows = new SvelteMap<string, TicketRow>();
  // Kept for asking, never shown, so nothing has to hear of their changes.
  /* eslint-disable svelte/prefer-svelte-reactivity */
  #cursors = new Map<string, string>();
  #loading = new Set<number>();
  /* eslint-enable svelte/prefer-svelte-reactivity */
  #position: string | null = null;
  #viewId: string | null = null;
  #stop: (() => void) | null = null;
  #closed = false;

  constructor(
    private readonly client: Client,
    private readonly socket: Socket,
    readonly key: string,
    private readonly order: TicketOrder,
  ) {}

  get count(): number {
    return this.ids.length;
  }

  row(index: number): TicketRow | null {
    const id = this.ids[index];
    return id ? (this.rows.get(id) ?? null) : null;
  }

  indexOf(id: string): number {
    return this.ids.indexOf(id);
  }

  async open(): Promise<void> {
    this.fault = null;
    const page = await this.#fetch({ first: pageSize });
    if (!page || this.#closed) return;
    this.ids = Array.from({ length: page.total }, () => null);
    this.rows.clear();
    this.#place(0, page.rows);
    this.ready = true;
    this.#position = page.position;
    this.#follow();
  }

  close(): void {
    this.#closed = true;
    this.#stop?.();
  }

  /** Loads what is missing between two rows. */
  need(first: number, end: number): void {
    for (let index = first; index < end; index++) {
      if (this.ids[index] !== null) continue;
      void this.#load(index);
      index += pageSize - 1;
    }
  }

  async #load(index: number): Promise<void> {
    if (this.#loading.has(index)) return;
    this.#loading.add(index);
    try {
      // Next to a known row its cursor says exactly what follows; after a jump the offset says about where.
      const before = this.ids[index - 1];
      const after = before ? this.#cursors.get(before) : undefined;
      const page = await this.#fetch({ first: pageSize, ...(after ? { after } : { offset: index }) });
      if (page && !this.#closed) this.#place(before ? this.indexOf(before) + 1 : index, page.rows);
    } finally {
      this.#loading.delete(index);
    }
  }

  async #fetch(variables: { first: number; after?: string; offset?: number }) {
    const { data, error } = await this.client
      .query(ViewPageDocument, { key: this.key, ...variables }, { requestPolicy: 'network-only' })
      .toPromise();
    if (error || !data) {
      this.fault = error?.message ?? '';
      return null;
    }
    this.missing = data.view === null;
    if (!data.view) return null;
    this.#viewId = data.view.id;
    const { edges, totalCount: total, position } = data.view.tickets;
    for (const { cursor, node } of edges) this.#cursors.set(node.id, cursor);
    return { rows: edges.map(({ node }) => node), total, position };
  }

  #place(start: number, rows: readonly TicketRow[]): void {
    const ids = [...this.ids];
    rows.forEach((row, offset) => {
      const known = ids.indexOf(row.id);
      if (known !== -1 && known !== start + offset) ids[known] = null;
      if (start + offset < ids.length) ids[start + offset] = row.id;
      this.#keep(row);
    });
    this.ids = ids;
  }

  #follow(): void {
    this.#stop?.();
    this.#stop = followChanges(this.socket, ViewChangedDocument, () => ({ viewId: this.#viewId ?? '', after: this.#position }), {
      onData: ({ viewChanged }) => this.#apply(viewChanged),
      onFault: (message) => (this.fault = message),
    });
  }

  #apply({ kind, ticketId, ticket, position }: ViewChange): void {
    this.#position = position;
    if (kind === 'RELOAD') void this.open();
    else if (ticketId && (kind === 'LEFT' || !ticket)) this.#remove(ticketId);
    else if (ticket) this.#put(ticket);
  }

  #remove(id: string): void {
    this.rows.delete(id);
    const index = this.indexOf(id);
    if (index === -1) return;
    this.ids = this.ids.toSpliced(index, 1);
  }

  #put(row: TicketRow): void {
    const known = this.rows.get(row.id);
    // What is on its way may have been overtaken by a page loaded meanwhile.
    if (known && known.version > row.version) return;
    this.#keep(row);
    const from = this.indexOf(row.id);
    const rest = from === -1 ? this.ids : this.ids.toSpliced(from, 1);
    const to = placeFor(
      this.order,
      row,
      rest.map((id) => (id === null ? null : (this.rows.get(id) ?? null))),
    );
    if (from !== to) this.#cursors.delete(row.id);
    this.ids = rest.toSpliced(to, 0, row.id);
  }

  #keep(row: TicketRow): void {
    this.rows.set(row.id, row);
  }
}
