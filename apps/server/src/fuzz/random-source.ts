import fc from 'fast-check';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Chances that are no whole percent, such as 3.75 %, are exact to this part of a percent. */
const partsPerPercent = 100;

/** Choices that are the same for the same seed. */
export class RandomSource {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** Returns an integer from 0 to `count - 1`. */
  below(count: number): number {
    return uniformInt(this.#generator, 0, count - 1);
  }

  /** Returns true in `percent` of a hundred cases. */
  chance(percent: number): boolean {
    return this.below(100 * partsPerPercent) < percent * partsPerPercent;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  draw<T>(values: fc.Arbitrary<T>): T {
    return fc.sample(values, { seed: this.below(2 ** 31), numRuns: 1 })[0] as T;
  }
}
