import type { WebSocket } from 'ws';
import { formatHead } from '../platform/live/stream-head.ts';
import type { StreamHead } from '../platform/live/stream-head.ts';

/** Beyond so much unread, a client is told nothing more until it has read; it then gets the newest. */
const slowBytes = 64 * 1024;
/** Beyond so much, or so long, it is cut off: it comes back, and goes on after the last position it saw. */
const tooSlowBytes = 1024 * 1024;
const tooSlowMs = 30_000;
const lookMs = 100;
const heartbeatMs = 5000;

/** Why a socket was closed that the client should open again at once and resume. */
const tooSlowCode = 4413;

/** What a socket carries for one open subscription. */
export interface Carried {
  /** Up to where it was told everything; null while something is on its way. */
  readonly head: StreamHead | null;
  wake(): void;
}

/**
 * A client's socket as live delivery sees it: bounded, and with a heartbeat that says up to where everything that the
 * client follows was sent, so that it resumes from there and not from the last change it happened to see.
 */
export class SocketLink {
  readonly #carried = new Set<Carried>();
  readonly #heart: NodeJS.Timeout;
  #watch: NodeJS.Timeout | undefined;
  #slowSince = 0;

  constructor(private readonly socket: WebSocket) {
    this.#heart = setInterval(() => this.#beat(), heartbeatMs);
    socket.once('close', () => {
      clearInterval(this.#heart);
      clearInterval(this.#watch);
    });
  }

  get congested(): boolean {
    return this.#watch !== undefined;
  }

  get subscriptions(): number {
    return this.#carried.size;
  }

  carry(carried: Carried): () => void {
    this.#carried.add(carried);
    return () => this.#carried.delete(carried);
  }

  send(frame: Buffer): void {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    socket.send(frame, asText);
    if (socket.bufferedAmount < slowBytes || this.#watch) return;
    this.#slowSince = performance.now();
    this.#watch = setInterval(() => this.#look(), lookMs);
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

  #beat(): void {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN || this.congested || this.#carried.size === 0) return;
    const heads = [...this.#carried].map(({ head }) => head);
    const [first] = heads;
    if (!first || heads.some((head) => head === null)) return;
    const least = heads.reduce((low, head) => (head && low && head.position < low.position ? head : low), first);
    socket.send(JSON.stringify({ type: 'ping', payload: { position: least && formatHead(least) } }));
  }
}

const asText = { binary: false };
