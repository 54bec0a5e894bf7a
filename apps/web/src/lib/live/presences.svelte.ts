import type { Client as Socket } from 'graphql-ws';
import { getContext, setContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { PresencesChangedDocument, type PresencesChangedSubscription } from '#lib/graphql/generated/graphql.ts';
import { followChanges } from './follow-changes.ts';

type People = PresencesChangedSubscription['presencesChanged']['people'];

const contextKey = Symbol('presences');

/** Who is on which ticket, for the marks in lists. */
export class Presences {
  readonly #people = new SvelteMap<string, People>();

  constructor(
    private readonly socket: Socket,
    private readonly me: () => string,
  ) {}

  /** Call the answer when the page goes. */
  begin(): () => void {
    const stop = followChanges(this.socket, PresencesChangedDocument, () => ({}), {
      onData: ({ presencesChanged: { ticketId, people } }) => {
        if (people.length === 0) this.#people.delete(ticketId);
        else this.#people.set(ticketId, people);
      },
      onFault: () => undefined,
    });
    // Whoever went while nothing was heard is not told of again.
    const forget = this.socket.on('closed', () => this.#people.clear());
    return () => {
      stop();
      forget();
    };
  }

  /** Everybody but the viewer. */
  on(ticketId: string): People {
    return (this.#people.get(ticketId) ?? []).filter(({ member }) => member && member.id !== this.me());
  }
}

export function providePresences(presences: Presences): void {
  setContext(contextKey, presences);
}

export function usePresences(): Presences {
  return getContext<Presences>(contextKey);
}
