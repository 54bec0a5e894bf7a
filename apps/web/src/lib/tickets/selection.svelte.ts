import { SvelteSet } from 'svelte/reactivity';

/** Which tickets of a list are selected: some by hand, or all that it holds, however many. */
export class Selection {
  readonly ids = new SvelteSet<string>();
  isAll = $state(false);
  /** Where the last one was selected: a range begins there. */
  #anchor: number | null = null;

  get isEmpty(): boolean {
    return this.ids.size === 0 && !this.isAll;
  }

  has(id: string): boolean {
    return this.isAll || this.ids.has(id);
  }

  /** `ids`: the list as it stands, null where a row was not loaded. With a range all between this and the last one. */
  toggle(index: number, ids: readonly (string | null)[], isRange: boolean): void {
    const id = ids[index];
    if (!id) return;
    if (this.isAll) return this.clear();
    const from = isRange && this.#anchor !== null ? this.#anchor : index;
    const wanted = !this.ids.has(id);
    for (const one of ids.slice(Math.min(from, index), Math.max(from, index) + 1)) {
      if (one && wanted) this.ids.add(one);
      else if (one) this.ids.delete(one);
    }
    this.#anchor = index;
  }

  selectAll(): void {
    this.isAll = true;
  }

  clear(): void {
    this.ids.clear();
    this.isAll = false;
    this.#anchor = null;
  }
}
