export interface SlotSettings {
  /** Slots of one key. */
  readonly capacity: number;
  /** How many may wait for one key. */
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
}

interface Waiting {
  readonly weight: number;
  readonly start: (release: (() => void) | null) => void;
  readonly timer: NodeJS.Timeout;
}

interface Line {
  taken: number;
  readonly waiting: Waiting[];
}

/** Limits what runs at a time under one key. What finds no free slot waits in a short queue, in the order of arrival. */
export class Slots {
  readonly #lines = new Map<string, Line>();
  #running = 0;
  #waiting = 0;

  constructor(private readonly settings: SlotSettings) {}

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves with what frees the slots, or with null if the queue is full or the wait was too long. */
  take(key: string, weight: number): Promise<(() => void) | null> {
    const { capacity, maxWaiting, maxWaitMs } = this.settings;
    const line = this.#lines.get(key) ?? { taken: 0, waiting: [] };
    this.#lines.set(key, line);
    // More than all slots would never be free.
    const slots = Math.min(weight, capacity);
    if (line.waiting.length === 0 && line.taken + slots <= capacity) return Promise.resolve(this.#start(key, line, slots));
    if (line.waiting.length >= maxWaiting) return Promise.resolve(null);
    return new Promise((start) => {
      const timer = setTimeout(() => this.#giveUp(key, line, waiting), maxWaitMs);
      const waiting: Waiting = { weight: slots, start, timer };
      line.waiting.push(waiting);
      this.#waiting += 1;
    });
  }

  #start(key: string, line: Line, slots: number): () => void {
    line.taken += slots;
    this.#running += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      line.taken -= slots;
      this.#running -= 1;
      this.#next(key, line);
    };
  }

  #next(key: string, line: Line): void {
    for (let [first] = line.waiting; first && line.taken + first.weight <= this.settings.capacity; [first] = line.waiting) {
      line.waiting.shift();
      this.#waiting -= 1;
      clearTimeout(first.timer);
      first.start(this.#start(key, line, first.weight));
    }
    if (line.taken === 0 && line.waiting.length === 0) this.#lines.delete(key);
  }

  #giveUp(key: string, line: Line, waiting: Waiting): void {
    line.waiting.splice(line.waiting.indexOf(waiting), 1);
    this.#waiting -= 1;
    waiting.start(null);
    // A wide one that gave up may have held back narrow ones.
    this.#next(key, line);
  }
}
