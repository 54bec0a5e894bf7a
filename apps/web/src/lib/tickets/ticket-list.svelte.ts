import { SvelteMap } from 'svelte/reactivity';
import type { ListChange, ListSource, PageAsked, TicketRow } from './list-source.ts';
import { placeFor } from './ticket-order.ts';

const pageSize = 60;

/** How long to wait before uncertain rows are fetched anew, and before a failed opening is tried again. */
export const patience = { settleMs: 250, retryMs: 2000 };

/**
 * A live list of any length. Holds the rows that were looked at and gaps for the rest; changes from the server put
 * rows in, take them out and move them while the list is read.
 *
 * Up to the first gap every row is known, so changes there are exact. Beyond it a change may concern a row that was
 * never loaded, whose place nobody here knows: then the rows in view are soon fetched anew and the rest forgotten.
 */
export class TicketList {
  /** The ids in the list's order; null where a row has not been loaded. */
  ids = $state.raw<(string | null)[]>([]);
  fault = $state<string | null>(null);
  ready = $state(false);
  missing = $state(false);
  readonly rows = new SvelteMap<string, TicketRow>();
  /* eslint-disable svelte/prefer-svelte-reactivity -- used for requests and never shown, so nothing reacts to their changes */
  #cursors = new Map<string, string>();
  #loading = new Set<number>();
  /* eslint-enable svelte/prefer-svelte-reactivity */
  #position: string | null = null;
  #inView = { first: 0, end: pageSize };
  /** Grows when places become others: an answer that was asked for before is of no use. */
  #layout = 0;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  #stop: (() => void) | null = null;
  #closed = false;
  /** Called when a row came in or went at a place, so that a reader further down keeps theirs. `entered`: it is new here. */
  onShift: (index: number, by: 1 | -1, entered: boolean) => void = () => undefined;

  constructor(
    private readonly source: ListSource,
    private readonly wait = patience,
  ) {}

  get count(): number {
    return this.ids.length;
  }

  /** How many tickets it holds. */
  get total(): number {
    return this.count;
  }

  /** Stands at no place of a list without groups. */
  heading(_index: number): null {
    return null;
  }

  find(id: string): TicketRow | undefined {
    return this.rows.get(id);
  }

  /** Somebody learned that it may hold other tickets than it shows. */
  recheck(): void {
    this.#settleSoon();
  }

  row(index: number): TicketRow | null {
    const id = this.ids[index];
    return id ? (this.rows.get(id) ?? null) : null;
  }

  indexOf(id: string): number {
    return this.ids.indexOf(id);
  }

  async open(): Promise<void> {
    const page = await this.#fetch({ first: pageSize });
    if (this.#closed) return;
    if (!page) {
      // A server that restarts is back soon; nobody should have to press a button for that.
      clearTimeout(this.#retrying);
      if (!this.missing) this.#retrying = setTimeout(() => void this.open(), this.wait.retryMs);
      return;
    }
    this.fault = null;
    this.#layout += 1;
    this.#lay([], page.total);
    this.rows.clear();
    this.#place(0, page.rows);
    this.ready = true;
    this.#position = page.position;
    this.#follow();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#settling);
    clearTimeout(this.#retrying);
    this.#stop?.();
  }

  /** Loads what is missing between two rows, those in view. */
  need(first: number, end: number): void {
    this.#inView = { first, end };
    for (let index = first; index < Math.min(end, this.count); index++) {
      if (this.ids[index] !== null) continue;
      void this.#load(index);
      index += pageSize - 1;
    }
  }

  async #load(index: number): Promise<void> {
    if (this.#loading.has(index)) return;
    this.#loading.add(index);
    const layout = this.#layout;
    try {
      // After the rows that are known without a gap the cursor says exactly what follows, even while the list moves.
      const before = index === this.#exact ? this.ids[index - 1] : null;
      const after = before ? this.#cursors.get(before) : undefined;
      const page = await this.#fetch({ first: pageSize, ...(after ? { after } : { offset: index }) });
      if (!page || this.#closed || layout !== this.#layout) return;
      this.#place(before ? this.indexOf(before) + 1 : index, page.rows);
      if (page.total !== this.count) this.#settleSoon();
    } finally {
      this.#loading.delete(index);
    }
  }

  async #fetch(asked: PageAsked) {
    const { page, fault } = await this.source.page(asked);
    if (fault !== null) {
      this.fault = fault;
      return null;
    }
    this.missing = page === null;
    if (!page) return null;
    const { edges, totalCount: total, position } = page;
    for (const { cursor, node } of edges) this.#cursors.set(node.id, cursor);
    return { rows: edges.map(({ node }) => node), total, position };
  }

  #follow(): void {
    this.#stop?.();
    this.#stop = this.source.follow(
      () => this.#position,
      (change) => this.#apply(change),
      (message) => (this.fault = message),
    );
  }

  #apply({ kind, ticketId, ticket, position }: ListChange): void {
    this.#position = position;
    if (kind === 'RELOAD') void this.open();
    else if (kind === 'HEARTBEAT') return;
    else if (ticketId && (kind === 'LEFT' || !ticket)) this.#remove(ticketId);
    else if (ticket) this.#put(ticket, kind === 'ENTERED');
  }

  #remove(id: string): void {
    const index = this.indexOf(id);
    this.rows.delete(id);
    if (index !== -1) {
      this.ids = this.ids.toSpliced(index, 1);
      this.onShift(index, -1, false);
    } else if (this.#exact < this.count) this.#loseGap();
  }

  #put(row: TicketRow, entered: boolean): void {
    const known = this.rows.get(row.id);
    // What is on its way may have been overtaken by a page loaded meanwhile.
    if (known && known.version > row.version) return;
    this.rows.set(row.id, row);
    const from = this.indexOf(row.id);
    const wasExact = from !== -1 && from < this.#exact;
    if (from !== -1) this.ids = this.ids.toSpliced(from, 1);
    const exact = this.#exact;
    const to = placeFor(
      this.source.order,
      row,
      this.ids.slice(0, exact).map((id) => (id === null ? null : (this.rows.get(id) ?? null))),
    );
    const fits = to < exact || exact === this.count;
    if (fits) {
      if (from !== to) this.#cursors.delete(row.id);
      this.ids = this.ids.toSpliced(to, 0, row.id);
      if (from !== -1) this.onShift(from, -1, false);
      this.onShift(to, 1, entered);
    } else {
      // Its place is somewhere among rows nobody looked at.
      this.ids = [...this.ids, null];
      this.#settleSoon();
    }
    // It stood, or may have stood, among those rows before: one gap the less.
    if (from === -1 && !entered && this.#exact < this.count) this.#loseGap();
    else if (from !== -1 && !wasExact) this.#settleSoon();
  }

  /** How many rows are known from the top without a gap. */
  get #exact(): number {
    const gap = this.ids.indexOf(null);
    return gap === -1 ? this.count : gap;
  }

  #loseGap(): void {
    this.ids = this.ids.toSpliced(this.ids.lastIndexOf(null), 1);
    this.#settleSoon();
  }

  #settleSoon(): void {
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined;
      void this.#settle();
    }, this.wait.settleMs);
  }

  /** Fetches the rows in view anew where places beyond the first gap became uncertain, and forgets the others there. */
  async #settle(): Promise<void> {
    const layout = this.#layout;
    const start = Math.max(0, Math.min(this.#inView.first, this.count - 1));
    const page = await this.#fetch({ first: pageSize, offset: start });
    if (!page || this.#closed || layout !== this.#layout) return;
    this.#layout += 1;
    this.#lay(this.ids.slice(0, this.#exact), page.total);
    this.#place(start, page.rows);
  }

  #lay(known: readonly (string | null)[], total: number): void {
    this.ids = Array.from({ length: total }, (_, index) => known[index] ?? null);
  }

  /** Puts rows that the server has next to each other where they are, and nowhere else. */
  #place(start: number, rows: readonly TicketRow[]): void {
    const ids = [...this.ids];
    for (const { id } of rows) {
      const elsewhere = ids.indexOf(id);
      if (elsewhere !== -1) ids[elsewhere] = null;
    }
    rows.forEach((row, offset) => {
      ids[start + offset] = row.id;
      this.rows.set(row.id, row);
    });
    this.ids = ids;
  }
}
