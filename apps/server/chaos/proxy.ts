import { connect, createServer, type Server, type Socket } from 'node:net';
import { Draw } from './plan.ts';

/** A way between two processes that can be made worse. Everything that was sent arrives, in order, unless it is cut. */
export class Proxy {
  readonly #pairs = new Set<[Socket, Socket]>();
  readonly #server: Server;
  readonly #draw: Draw;
  #target: number;
  #held = false;
  #latencyMs = 0;
  #cuts = 0;

  private constructor(
    readonly port: number,
    target: number,
    seed: number,
  ) {
    this.#target = target;
    this.#draw = new Draw(seed);
    this.#server = createServer((near) => {
      const far = connect({ port: this.#target, host: '127.0.0.1', noDelay: true });
      near.setNoDelay(true);
      const pair: [Socket, Socket] = [near, far];
      this.#pairs.add(pair);
      const end = () => {
        this.#pairs.delete(pair);
        near.destroy();
        far.destroy();
      };
      for (const [from, to] of [pair, [far, near]] as const) {
        from.on('error', end);
        from.on('close', end);
        let last: Promise<void> = Promise.resolve();
        from.on('data', (chunk) => (last = last.then(() => this.#pass(chunk, to, end))));
      }
    });
  }

  static async to(target: number, port: number, seed: number): Promise<Proxy> {
    const proxy = new Proxy(port, target, seed);
    await new Promise<void>((resolve) => proxy.#server.listen(port, '127.0.0.1', resolve));
    return proxy;
  }

  /** Holds everything back, and leaves both sides to believe that the other is there. */
  hold(): void {
    this.#held = true;
  }

  /** Delays all by so many milliseconds, a third more or less, and now and then cuts a connection. */
  worsen(latencyMs: number, cuts: number): void {
    this.#latencyMs = latencyMs;
    this.#cuts = cuts;
  }

  mend(): void {
    this.#held = false;
    this.#latencyMs = 0;
    this.#cuts = 0;
  }

  /** Leads new connections to another port, and cuts those there are. */
  leadTo(target: number): void {
    this.#target = target;
    for (const [near] of this.#pairs) near.destroy();
  }

  close(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    this.#server.close();
  }

  async #pass(chunk: Buffer, to: Socket, end: () => void): Promise<void> {
    if (this.#draw.chance(this.#cuts)) return end();
    if (this.#latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#latencyMs * (0.67 + this.#draw.next() * 0.66)));
    while (this.#held && !to.destroyed) await new Promise((resolve) => setTimeout(resolve, 20));
    if (!to.destroyed) to.write(chunk);
  }
}
