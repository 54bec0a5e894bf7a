import type { ServerResponse } from 'node:http';

/** The requests that a server is answering. */
export class OpenRequests {
  readonly #open = new Set<ServerResponse>();
  #draining = false;
  #onEmpty: () => void = () => undefined;

  add(response: ServerResponse): void {
    this.#open.add(response);
    if (this.#draining) response.shouldKeepAlive = false;
    response.once('close', () => {
      this.#open.delete(response);
      if (this.#open.size === 0) this.#onEmpty();
    });
  }

  /** From now on each answer ends its connection, so that clients open the next one elsewhere. */
  startDraining(): void {
    this.#draining = true;
    for (const response of this.#open) response.shouldKeepAlive = false;
  }

  /** Resolves once all are answered, or after the deadline. Returns how many were not. */
  async drain(deadlineMs: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      timer = setTimeout(resolve, deadlineMs);
      if (this.#open.size === 0) resolve();
    });
    clearTimeout(timer);
    return this.#open.size;
  }
}
