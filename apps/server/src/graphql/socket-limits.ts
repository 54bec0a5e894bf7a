import { GraphQLError } from 'graphql';
import { networkOf } from '../kernel/network.ts';

export interface SocketLimitSettings {
  /** Sockets of one member or program at this node; 0 = no limit. */
  readonly perPerson: number;
  /** Sockets without a signed-in user, per address at this node; 0 = no limit. */
  readonly perAddress: number;
}

/** Limits open sockets: by address until an operation of a signed-in caller runs on them, then by member or program. */
export class SocketLimits {
  readonly #anonymous = new Counts();
  readonly #signedIn = new Counts();

  constructor(private readonly settings: SocketLimitSettings) {}

  /** Counts a socket before its handshake; null if its address has too many. */
  open(address: string): CountedSocket | null {
    const network = networkOf(address);
    const { perPerson, perAddress } = this.settings;
    if (perAddress > 0 && this.#anonymous.of(network) >= perAddress) return null;
    return new CountedSocket({ network, perPerson, anonymous: this.#anonymous, signedIn: this.#signedIn });
  }
}

interface SocketCounts {
  readonly network: string;
  readonly perPerson: number;
  readonly anonymous: Counts;
  readonly signedIn: Counts;
}

export class CountedSocket {
  readonly #callers = new Set<string>();
  #open = true;

  constructor(private readonly counts: SocketCounts) {
    counts.anonymous.add(counts.network);
  }

  /** Counts the socket for a caller instead of its address; throws if the caller has too many. */
  signIn(caller: string): void {
    const { network, perPerson, anonymous, signedIn } = this.counts;
    if (!this.#open || this.#callers.has(caller)) return;
    if (perPerson > 0 && signedIn.of(caller) >= perPerson) throw tooManySockets(perPerson);
    if (this.#callers.size === 0) anonymous.remove(network);
    this.#callers.add(caller);
    signedIn.add(caller);
  }

  leave(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.#callers.size === 0) this.counts.anonymous.remove(this.counts.network);
    for (const caller of this.#callers) this.counts.signedIn.remove(caller);
  }
}

class Counts {
  readonly #counts = new Map<string, number>();

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: string): void {
    this.#counts.set(key, this.of(key) + 1);
  }

  remove(key: string): void {
    const count = this.of(key) - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}

function tooManySockets(limit: number): GraphQLError {
  return new GraphQLError(`You have ${limit} sockets open, which is the limit. Close a page or a program first.`, {
    extensions: { code: 'TOO_MANY_SOCKETS' },
  });
}
