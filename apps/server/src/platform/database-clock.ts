import type { MikroORM } from '@mikro-orm/postgresql';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from './logger.ts';

const everyMs = 10_000;
const tries = 3;
/** A look may be this much wrong, in milliseconds. Further back than that, somebody has set the database's clock. */
const errorMs = 1000;

/**
 * What time it is by the database's clock, so that all nodes agree on what is due, whatever their own clocks say. Between
 * two looks a node reckons on by its steady clock, which nobody sets.
 */
export class DatabaseClock {
  #ahead: number | null = null;
  #told = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly orm: MikroORM,
    private readonly logger: Logger,
  ) {}

  readonly now: Clock = () => {
    if (this.#ahead === null) throw new Error('the clock was read before its first look at the database');
    const reckoned = performance.now() + this.#ahead;
    // It stands for a moment rather than go back by the error of a look: what has come to pass must not be yet to come.
    this.#told = this.#told - reckoned > errorMs ? reckoned : Math.max(this.#told, reckoned);
    return new Date(this.#told);
  };

  /** Looks once, and then again and again. Fails when the database cannot be reached at first. */
  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => {
      this.look().catch((error: unknown) =>
        this.logger.warn({ err: error }, 'could not ask the database for the time; the node reckons on'),
      );
    }, everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The quickest answer of a few is the truest: the time lies within its way there and back. */
  async look(): Promise<void> {
    const em = this.orm.em.fork();
    let quickest = Infinity;
    for (let index = 0; index < tries; index++) {
      const asked = performance.now();
      const [row]: { now: string }[] = await em.execute('select extract(epoch from clock_timestamp()) * 1000 as now');
      const took = performance.now() - asked;
      if (took >= quickest) continue;
      quickest = took;
      this.#ahead = Number(row?.now) - (asked + took / 2);
    }
  }
}
