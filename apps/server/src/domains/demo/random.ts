/** Repeatable chance, so that every demo desk is the same desk. The generator is Mulberry32 (public domain, T. Ettinger). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)] as T;
  }

  /** An instant of the last `days`, mostly by day, less often at the weekend. */
  workingInstant(now: Date, days: number): number {
    for (;;) {
      const instant = now.getTime() - Math.floor(this.next() * days * 86_400_000);
      const date = new Date(instant);
      const byDay = date.getUTCHours() >= 6 && date.getUTCHours() < 18;
      const weekend = date.getUTCDay() === 0 || date.getUTCDay() === 6;
      if (this.chance((byDay ? 1 : 0.25) * (weekend ? 0.35 : 1))) return instant;
    }
  }
}
