import type { Logger } from './logger.ts';

/** The longest pause: another node may have stored something that is due sooner. */
const lookMs = 1000;
/** The shortest pause, so that items that fall due together are found together. */
const restMs = 20;

/**
 * Polls the database for due work: when something falls due, and at least every `lookMs`. Due work must be found in the
 * rows, so that any number of nodes may poll and a crash loses nothing.
 */
export class Watch {
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    /** For the log: "could not …". */
    private readonly purpose: string,
    private readonly logger: Logger,
    /** Does what is due. Returns the milliseconds until the next item is due; null if that is unknown. */
    private readonly look: () => Promise<number | null>,
  ) {}

  get isClosed(): boolean {
    return this.#closed;
  }

  start(): void {
    this.#sleep(0);
  }

  /** Waits for the poll in progress. */
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
          this.logger.error({ err: error }, `could not ${this.purpose}, retrying`);
          this.#sleep(lookMs);
        });
    }, ms);
  }
}
