/** What one client of the chaos suite follows. */
export type ClientPlan = { readonly name: string; readonly token: string } & (
  | { readonly follows: 'list'; readonly filter: object }
  | { readonly follows: 'events' }
  | { readonly follows: 'counts' }
  | { readonly follows: 'ticket'; readonly ticketId: string }
);

export type ToClients =
  | { readonly kind: 'open'; readonly urls: readonly string[]; readonly plans: readonly ClientPlan[]; readonly seed: number }
  | { readonly kind: 'cut'; readonly seed: number; readonly share: number; readonly awayMs: number }
  | { readonly kind: 'stall'; readonly seed: number; readonly share: number; readonly ms: number }
  | { readonly kind: 'check' }
  | { readonly kind: 'events' };

/** An event as a client was told of it: its position, id, ticket and the ticket's version. */
export type ToldEvent = readonly [position: number, id: string, ticketId: string, version: number];

/** A program and what it was told after a position. */
export interface ToldClient {
  readonly name: string;
  readonly after: number;
  readonly events: readonly ToldEvent[];
}

/** A client and when it received RELOAD, by `monotonicMs`. */
export interface ReloadedClient {
  readonly name: string;
  readonly token: string;
  readonly at: readonly number[];
}

/** A clock that all processes of this machine share, and that is right where the clock of a process is wrong. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

export type FromClients =
  | { readonly kind: 'opened' }
  /**
   * Who does not show what a fresh load shows, and why; how much was delivered to all so far; how long each event took
   * from its time to a program since the last check, in milliseconds.
   */
  | { readonly kind: 'checked'; readonly stale: readonly string[]; readonly delivered: number; readonly waits: readonly number[] }
  | { readonly kind: 'told'; readonly clients: readonly ToldClient[]; readonly reloaded: readonly ReloadedClient[] };

/** A stream of numbers that a seed decides (mulberry32, public domain, by Tommy Ettinger). */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, and without, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  one<T>(values: readonly T[]): T {
    return values[Math.floor(this.next() * values.length)] as T;
  }

  some<T>(values: readonly T[]): T[] {
    return values.filter(() => this.next() < 0.5);
  }

  /** A seed for a stream of its own. */
  seed(): number {
    return Math.floor(this.next() * 4_294_967_296);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }
}

const patienceMs = 60_000;

/** Asks one of the nodes, another one when it does not answer; gives up after so many. */
export async function ask(urls: readonly string[], draw: Draw, token: string, query: string, variables: object) {
  const end = performance.now() + patienceMs;
  let problem: unknown;
  for (let attempt = Math.floor(draw.next() * urls.length); performance.now() < end; attempt++) {
    try {
      const response = await fetch(`http://${urls[attempt % urls.length]}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(10_000),
      });
      const { data, errors } = (await response.json()) as { data: Record<string, never>; errors?: { message: string }[] };
      if (!errors) return data;
      problem = errors[0]?.message;
    } catch (error) {
      problem = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100 + draw.next() * 200));
  }
  throw new Error(`no node answered within ${patienceMs} ms`, { cause: problem });
}
