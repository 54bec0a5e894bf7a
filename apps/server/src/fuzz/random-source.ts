import fc from 'fast-check';

/** Choices that are the same for the same seed (mulberry32). */
export class RandomSource {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to `count - 1`. */
  below(count: number): number {
    return Math.floor(this.#next() * count);
  }

  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean {
    return this.#next() * 100 < percent;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  draw<T>(values: fc.Arbitrary<T>): T {
    return fc.sample(values, { seed: this.below(2 ** 31), numRuns: 1 })[0] as T;
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
