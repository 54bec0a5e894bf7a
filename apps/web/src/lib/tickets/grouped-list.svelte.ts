import { SvelteSet } from 'svelte/reactivity';
import type { TicketGrouping } from '#lib/graphql/generated/graphql.ts';
import type { ListChange, ListSource, TicketRow } from './list-source.ts';
import { groupFilter, groupKeyOf, type GroupKey } from './ticket-grouping.ts';
import { patience, TicketList } from './ticket-list.svelte.ts';

/** A group, by what its tickets have in common. */
interface Group {
  readonly key: GroupKey;
  /** How many it had when that was last asked. */
  readonly counted: number;
  /** Its tickets, once somebody came to look at them. */
  readonly list: TicketList | null;
  readonly onChange: (change: ListChange) => void;
}

/** A group's heading among the rows, and how many places it takes with its rows. */
interface Stretch {
  readonly group: Group;
  readonly start: number;
  readonly length: number;
}

/** So many times as long as a count took it rests before the next. */
const restAfter = 10;

/**
 * A live list in groups: a heading, and under it a live list of its own, for each. The whole is followed once; each change
 * goes to the group the ticket is in now and to the one it was in. Groups load when they come in view.
 */
export class GroupedList {
  fault = $state<string | null>(null);
  ready = $state(false);
  missing = $state(false);
  readonly folded = new SvelteSet<GroupKey>();
  #groups = $state.raw<readonly Group[]>([]);
  #position: string | null = null;
  #stop: (() => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  /** How long the last count took, in milliseconds. */
  #tookMs = 0;
  onShift: (index: number, by: 1 | -1, entered: boolean) => void = () => undefined;

  constructor(
    private readonly source: ListSource,
    private readonly by: TicketGrouping,
    /** Puts groups in their order. */
    private readonly compare: (a: GroupKey, b: GroupKey) => number,
    private readonly wait = patience,
  ) {}

  readonly #stretches: readonly Stretch[] = $derived.by(() => {
    let start = 0;
    return this.#groups.map((group) => {
      const length = 1 + (this.folded.has(group.key) ? 0 : sizeOf(group));
      start += length;
      return { group, start: start - length, length };
    });
  });

  /** As the list without groups has it; null stands for headings too. */
  readonly ids: readonly (string | null)[] = $derived.by(() =>
    this.#stretches.flatMap(({ group, length }) =>
      Array.from({ length }, (_, index) => (index === 0 ? null : (group.list?.ids[index - 1] ?? null))),
    ),
  );

  /** Places, headings among them. */
  get count(): number {
    return this.#stretches.reduce((sum, { length }) => sum + length, 0);
  }

  get total(): number {
    return this.#groups.reduce((sum, group) => sum + sizeOf(group), 0);
  }

  /** The heading that stands at a place; null where a ticket does. */
  heading(index: number): { key: GroupKey; count: number } | null {
    const found = this.#stretches.find(({ start }) => start === index);
    return found ? { key: found.group.key, count: sizeOf(found.group) } : null;
  }

  row(index: number): TicketRow | null {
    const found = this.#stretches.find(({ start, length }) => index > start && index < start + length);
    return found?.group.list?.row(index - found.start - 1) ?? null;
  }

  find(id: string): TicketRow | undefined {
    return this.#groups.map(({ list }) => list?.find(id)).find((row) => row !== undefined);
  }

  indexOf(id: string): number {
    return this.ids.indexOf(id);
  }

  fold(key: GroupKey): void {
    if (!this.folded.delete(key)) this.folded.add(key);
  }

  async open(): Promise<void> {
    // The position first: what changes meanwhile comes again as a change.
    const { page, fault } = await this.source.page({ first: 1 });
    const counted = page && (await this.#count());
    if (this.#closed) return;
    this.missing = page === null && fault === null;
    if (!page || !counted) {
      this.fault = fault ?? this.fault;
      if (!this.missing) this.#soon(() => void this.open(), this.wait.retryMs);
      return;
    }
    this.fault = null;
    for (const { list } of this.#groups) list?.close();
    this.#groups = [];
    this.#lay(counted);
    this.#position = page.position;
    this.ready = true;
    this.#stop?.();
    this.#stop = this.source.follow(
      () => this.#position,
      (change) => this.#apply(change),
      (message) => (this.fault = message),
    );
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#stop?.();
    for (const { list } of this.#groups) list?.close();
  }

  /** Loads what is missing between two places, those in view. */
  need(first: number, end: number): void {
    for (const { group, start, length } of this.#stretches) {
      if (start + length <= first || start >= end || length === 1) continue;
      if (group.list) group.list.need(Math.max(0, first - start - 1), end - start - 1);
      else this.#load(group.key);
    }
  }

  #load(key: GroupKey): void {
    const handlers: ((change: ListChange) => void)[] = [];
    const source: ListSource = {
      ...this.source,
      page: (asked) => this.source.page({ ...asked, within: groupFilter(this.by, key) }),
      follow(_after, onChange) {
        handlers.splice(0, handlers.length, onChange);
        return () => handlers.splice(0);
      },
    };
    const list = new TicketList(source, this.wait);
    list.onShift = (index, by, entered) => {
      const start = this.#stretches.find(({ group }) => group.key === key)?.start ?? 0;
      if (!this.folded.has(key)) this.onShift(start + 1 + index, by, entered);
    };
    this.#groups = this.#groups.map((group) =>
      group.key === key ? { ...group, list, onChange: (change) => handlers.forEach((handle) => handle(change)) } : group,
    );
    void list.open();
  }

  #apply(change: ListChange): void {
    const { kind, ticketId, ticket, position } = change;
    this.#position = position;
    if (kind === 'RELOAD') return void this.open();
    if (kind === 'HEARTBEAT' || ticketId === null) return;
    const key = ticket && kind !== 'LEFT' ? groupKeyOf(this.by, ticket) : undefined;
    let isKnown = false;
    for (const group of this.#groups) {
      const has = (group.list?.indexOf(ticketId) ?? -1) !== -1;
      if (group.key === key) {
        group.onChange({ ...change, kind: has ? 'CHANGED' : 'ENTERED' });
        isKnown = has;
      } else if (has) group.onChange({ ...change, kind: 'LEFT', ticket: null });
    }
    // It came from, or went to, where nobody here looked: how many there are has to be asked.
    // A long count is asked for less often, so that many changes of a long list do not keep the server busy.
    if (!isKnown) this.#soon(() => void this.#recount(), Math.max(this.wait.settleMs, restAfter * this.#tookMs));
  }

  async #recount(): Promise<void> {
    const counted = await this.#count();
    if (counted && !this.#closed) this.#lay(counted);
  }

  async #count() {
    const began = performance.now();
    const { groups, fault } = await this.source.groups(this.by);
    this.#tookMs = performance.now() - began;
    if (fault !== null) this.fault = fault;
    return groups;
  }

  #lay(counted: readonly { key?: GroupKey; count: number }[]): void {
    const before = this.#groups;
    this.#groups = counted
      .map(({ key = null, count }) => {
        const known = before.find((group) => group.key === key);
        return { list: null, onChange: () => undefined, ...known, key, counted: count };
      })
      .sort((a, b) => this.compare(a.key, b.key));
    for (const { key, list } of before) if (!this.#groups.some((group) => group.key === key)) list?.close();
    for (const { list, counted } of this.#groups) if (list?.ready && list.count !== counted) list.recheck();
  }

  /** What is waited for already is not put off by what comes meanwhile. */
  #soon(task: () => void, ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      task();
    }, ms);
  }
}

function sizeOf({ list, counted }: Group): number {
  return list?.ready ? list.count : counted;
}
