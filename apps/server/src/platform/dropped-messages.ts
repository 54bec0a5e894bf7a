import type { Logger } from './logger.ts';

const logEveryMs = 60_000;

/** Counts messages that were not understood and logs them at most once a minute. */
export class DroppedMessages {
  #count = 0;
  #loggedAt = -Infinity;
  #loggedCount = 0;

  constructor(private readonly logger: Logger) {}

  get count(): number {
    return this.#count;
  }

  add(channel: string, reason: string): void {
    this.#count += 1;
    const now = performance.now();
    if (now - this.#loggedAt < logEveryMs) return;
    const dropped = this.#count - this.#loggedCount;
    this.#loggedAt = now;
    this.#loggedCount = this.#count;
    this.logger.warn({ channel: channel.slice(0, 100), reason: reason.slice(0, 300), dropped }, 'malformed messages were dropped');
  }
}
