import type { Logger } from '../platform/logger.ts';
import { Overloaded, retryLaterOf, TooManyRequests, type RetryLater } from '../platform/retry-later.ts';
import { Slots } from '../platform/slots.ts';

export interface InFlightLimits {
  /** Operations of one member, API client or address at this node; 0 = no limit. */
  readonly operationsPerPerson: number;
  /** Mutations of one ticket, note or conversation at this node; 0 = no limit. */
  readonly writesPerTicket: number;
  /** How long an operation waits for its turn. */
  readonly maxWaitMs: number;
}

export interface OperationInFlight {
  /** Whose operations are counted together. */
  readonly caller: string;
  readonly cost: number;
  /** The objects that it writes to, sorted: two that write to the same objects never wait for each other. */
  readonly objects: readonly string[];
}

/** An operation takes one slot, and another one for each of these points of its cost. */
const pointsPerSlot = 5000;
/** How many may wait, for each slot. */
const waitingPerSlot = 10;
const retrySeconds = 1;
const logEveryMs = 1000;

/**
 * Bounds the operations that run at the same time, over HTTP and sockets together: of one caller, so that no caller takes
 * all connections to the database, and of one object, whose row lock lets one write at a time anyway.
 */
export class OperationsInFlight {
  readonly #byCaller: Slots | null;
  readonly #byObject: Slots | null;
  readonly #refused = new Map<string, number>();
  readonly #operationsPerPerson: number;
  #loggedAt = -Infinity;

  constructor(
    { operationsPerPerson, writesPerTicket, maxWaitMs }: InFlightLimits,
    private readonly logger: Logger,
  ) {
    this.#operationsPerPerson = operationsPerPerson;
    this.#byCaller = slotsOf(operationsPerPerson, maxWaitMs);
    this.#byObject = slotsOf(writesPerTicket, maxWaitMs);
  }

  get running(): number {
    return this.#byCaller?.running ?? 0;
  }

  get waiting(): number {
    return (this.#byCaller?.waiting ?? 0) + (this.#byObject?.waiting ?? 0);
  }

  /** How many operations were refused for now, by code. */
  get refused(): ReadonlyMap<string, number> {
    return this.#refused;
  }

  /** Operations of one caller that run or wait at most. */
  get maxOfCaller(): number {
    return this.#operationsPerPerson > 0 ? this.#operationsPerPerson * (1 + waitingPerSlot) : Infinity;
  }

  /** Counts a request that was refused unread. */
  refuseBurst(): TooManyRequests {
    const refusal = tooManyOfCaller();
    this.count(refusal);
    return refusal;
  }

  /** Runs the work when it is its turn; throws a refusal if the queue is full. */
  async run<T>({ caller, cost, objects }: OperationInFlight, work: () => Promise<T>): Promise<T> {
    const taken: (() => void)[] = [];
    try {
      taken.push(await take(this.#byCaller, caller, 1 + Math.floor(cost / pointsPerSlot), tooManyOfCaller));
      for (const object of objects) taken.push(await take(this.#byObject, object, 1, tooManyWrites));
      return await work();
    } finally {
      for (const release of taken.toReversed()) release();
    }
  }

  /** Counts what was refused for now. Returns the refusal; null for an error that is none. */
  count(error: unknown): RetryLater | null {
    const refusal = retryLaterOf(error);
    if (!refusal) return null;
    this.#refused.set(refusal.code, (this.#refused.get(refusal.code) ?? 0) + 1);
    const now = performance.now();
    if (now - this.#loggedAt > logEveryMs) {
      this.#loggedAt = now;
      this.logger.warn({ err: error, refused: Object.fromEntries(this.#refused) }, 'an operation was refused, the client retries');
    }
    return refusal;
  }
}

function slotsOf(capacity: number, maxWaitMs: number): Slots | null {
  return capacity > 0 ? new Slots({ capacity, maxWaiting: capacity * waitingPerSlot, maxWaitMs }) : null;
}

async function take(slots: Slots | null, key: string, weight: number, refusal: () => RetryLater): Promise<() => void> {
  if (!slots) return () => undefined;
  const release = await slots.take(key, weight);
  if (!release) throw refusal();
  return release;
}

function tooManyOfCaller(): TooManyRequests {
  return new TooManyRequests(
    `You have too many operations in progress. Wait for their results, and send this one again in ${retrySeconds} s.`,
    retrySeconds,
  );
}

function tooManyWrites(): Overloaded {
  return new Overloaded(`Too many changes of this object are in progress. Try again in ${retrySeconds} s.`, retrySeconds);
}
