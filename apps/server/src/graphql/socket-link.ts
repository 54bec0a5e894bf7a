import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** Beyond so much unread, a client is told nothing more until it has read; it then gets the newest. */
const slowBytes = 64 * 1024;
/** Beyond so much, or so long, it is cut off: it comes back, and goes on after the last position it saw. */
const tooSlowBytes = 1024 * 1024;
const tooSlowMs = 30_000;
const lookMs = 100;

/** Why a socket was closed that the client should open again at once and resume. */
const tooSlowCode = 4413;

/** An open subscription of the socket. */
interface Carried {
  /** The client reads again: delivers what it missed. */
  wake(): void;
  end(): void;
}

/** Operations of one kind that a socket may run at a time. */
export const slotsPerSocket = 100;

/** Counts what runs on a socket. A slot is taken before any asynchronous work, so a burst cannot pass the limit. */
class Slots {
  #taken = 0;

  get areFree(): boolean {
    return this.#taken === 0;
  }

  /** Returns what frees the slot, or null if all are taken. */
  take(): (() => void) | null {
    if (this.#taken >= slotsPerSocket) return null;
    this.#taken += 1;
    let held = true;
    return () => {
      if (held) this.#taken -= 1;
      held = false;
    };
  }
}

/** A client's socket as live delivery sees it: bounded, whatever the client does. */
export class SocketLink {
  readonly subscriptions = new Slots();
  readonly requests = new Slots();
  readonly #carried = new Set<Carried>();
  #watch: NodeJS.Timeout | undefined;
  #slowSince = 0;
  #gathering = false;

  constructor(
    private readonly socket: WebSocket,
    /** The connection under the socket. */
    private readonly connection: Socket,
  ) {
    socket.once('close', () => {
      clearInterval(this.#watch);
      // The protocol library forgets a subscription whose id was used again while it was being opened.
      for (const carried of [...this.#carried]) carried.end();
    });
  }

  get congested(): boolean {
    return this.#watch !== undefined;
  }

  carry(carried: Carried): () => void {
    this.#carried.add(carried);
    return () => this.#carried.delete(carried);
  }

  send(frame: Buffer): void {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    this.#gather();
    socket.send(frame, asText);
    this.#bound();
  }

  /** Resolves once the client took it, or is gone. */
  sendText(text: string): Promise<void> {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return Promise.resolve();
    return new Promise((resolve) => {
      socket.send(text, () => resolve());
      this.#bound();
    });
  }

  #bound(): void {
    const { socket } = this;
    if (socket.bufferedAmount < slowBytes) return;
    this.#release();
    if (socket.bufferedAmount < slowBytes || this.#watch) return;
    this.#slowSince = performance.now();
    this.#watch = setInterval(() => this.#look(), lookMs);
  }

  /** What is told in one go goes to the kernel in one go: a call to it costs more than the bytes. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    this.connection.cork();
    process.nextTick(() => this.#release());
  }

  #release(): void {
    if (!this.#gathering) return;
    this.#gathering = false;
    this.connection.uncork();
  }

  #look(): void {
    const { bufferedAmount } = this.socket;
    if (bufferedAmount > tooSlowBytes || performance.now() - this.#slowSince > tooSlowMs) {
      this.socket.close(tooSlowCode, 'too slow: subscribe again after the last position');
      // A client that reads nothing reads no closing either.
      this.socket.terminate();
      return;
    }
    if (bufferedAmount > slowBytes / 4) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
    for (const carried of this.#carried) carried.wake();
  }
}

const asText = { binary: false };
