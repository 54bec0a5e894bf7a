/**
 * A bounded queue between what happens and one reader that may be slow. A full queue ends the stream with an error the
 * reader can resume from, instead of growing.
 */
export class Channel<T> implements AsyncIterableIterator<T> {
  readonly #queue: T[] = [];
  #waiting: { resolve: (result: IteratorResult<T>) => void; reject: (error: unknown) => void } | undefined;
  #closed = false;
  #failure: unknown;

  constructor(
    private readonly onClose: () => void,
    private readonly capacity = 1000,
  ) {}

  push(value: T): void {
    if (this.#closed) return;
    if (this.#waiting) {
      const { resolve } = this.#waiting;
      this.#waiting = undefined;
      resolve({ value, done: false });
    } else if (this.#queue.length < this.capacity) {
      this.#queue.push(value);
    } else {
      this.fail(new Error('The reader is too slow. Subscribe again from the last position.'));
    }
  }

  fail(error: unknown): void {
    this.#failure = error;
    this.#queue.length = 0;
    this.#end();
  }

  next(): Promise<IteratorResult<T>> {
    const value = this.#queue.shift();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#closed) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  return(): Promise<IteratorResult<T>> {
    this.#end();
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(error: unknown): Promise<IteratorResult<T>> {
    this.#end();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (this.#failure !== undefined) waiting?.reject(this.#failure);
    else waiting?.resolve({ value: undefined, done: true });
    this.onClose();
  }
}
