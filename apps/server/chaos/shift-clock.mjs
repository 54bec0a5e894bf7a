// Loaded before everything else into a process whose clock is to be an hour off.
const hour = 3_600_000;
const TrueDate = Date;
globalThis.Date = class extends TrueDate {
  constructor(...given) {
    super(...(given.length === 0 ? [TrueDate.now() + hour] : given));
  }
  static now() {
    return TrueDate.now() + hour;
  }
};
