/** Which rows of a long list with rows of one height are on screen, and a few beyond. */
export class VirtualWindow {
  scrollTop = $state(0);
  height = $state(0);

  constructor(
    readonly rowHeight: number,
    private readonly count: () => number,
    private readonly overscan = 8,
  ) {}

  readonly first: number = $derived.by(() => Math.max(0, Math.floor(this.scrollTop / this.rowHeight) - this.overscan));
  readonly end = $derived.by(() => Math.min(this.count(), Math.ceil((this.scrollTop + this.height) / this.rowHeight) + this.overscan));
  readonly indexes = $derived.by(() => Array.from({ length: Math.max(0, this.end - this.first) }, (_, offset) => this.first + offset));

  /** Where to scroll so that a row is wholly seen; null when it is already. */
  scrollToShow(index: number): number | null {
    const top = index * this.rowHeight;
    if (top < this.scrollTop) return top;
    const bottom = top + this.rowHeight;
    return bottom > this.scrollTop + this.height ? bottom - this.height : null;
  }
}
