/** The server's time as the page knows it, in milliseconds. Ticks once a second for everything that counts down. */
class Now {
  /** How far the server's clock is ahead of this machine's. */
  #aheadMs = 0;
  ms = $state(Date.now());

  constructor() {
    setInterval(() => this.#tick(), 1000);
  }

  /** Takes the server's word for the time, which it gave between two instants of this machine's clock. */
  correct(serverMs: number, askedAt: number, toldAt: number): void {
    this.#aheadMs = serverMs - (askedAt + toldAt) / 2;
    this.#tick();
  }

  #tick(): void {
    this.ms = Date.now() + this.#aheadMs;
  }
}

export const now = new Now();
