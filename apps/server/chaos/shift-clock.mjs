// Loaded before everything else into a process whose clock is to be wrong: by CLOCK_OFF_MS from the start, and set back
// by another hour on each SIGUSR2. Timers keep going as they do.
let off = Number(process.env.CLOCK_OFF_MS);
const TrueDate = Date;
globalThis.Date = class extends TrueDate {
  constructor(...given) {
    super(...(given.length === 0 ? [TrueDate.now() + off] : given));
  }
  static now() {
    return TrueDate.now() + off;
  }
};
process.on('SIGUSR2', () => {
  off -= 3_600_000;
});
