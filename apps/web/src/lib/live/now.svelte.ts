/** The time of the page, in milliseconds. Ticks once a second for everything that counts down. */
class Now {
  ms = $state(Date.now());

  constructor() {
    setInterval(() => (this.ms = Date.now()), 1000);
  }
}

export const now = new Now();
