import type { Logger } from './logger.ts';

/** At the latest: another node may have brought something that is due sooner. */
const lookMs = 1000;
/** What comes so close together is looked at together. */
const restMs = 20;

/**
 * Looks at the database for what is to be done, again and again: when something is due, and each second at the latest.
 * What is due must be known from the rows themselves, so that any number of nodes may watch and one that dies leaves
 * nothing behind.
 */
export class Watch {
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    /** For the log: "could not … ". */
    private readonly purpose: string,
    private readonly logger: Logger,
    /** Does what is due; answers in how many milliseconds something is next, or null where that is not known. */
    private readonly look: () => Promise<number | null>,
  ) {}

  get isClosed(): boolean {
    return this.#closed;
  }

  start(): void {
    this.#sleep(0);
  }

  /** Waits for a look that is under way. */
  async stop(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  #sleep(ms: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.look()
        .then((nextMs) => this.#sleep(Math.max(restMs, Math.min(lookMs, nextMs ?? lookMs))))
        .catch((error: unknown) => {
          this.logger.error({ err: error }, `could not ${this.purpose}; tried again within a second`);
          this.#sleep(lookMs);
        });
    }, ms);
  }
}
