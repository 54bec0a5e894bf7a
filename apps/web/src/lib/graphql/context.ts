import { getContext, setContext } from 'svelte';
import type { Client } from '@urql/core';
import type { Client as Socket } from 'graphql-ws';

const key = Symbol('graphql');

export interface Graphql {
  /** While the page itself ends the session, to go on in another, it is no news that nobody is signed in. */
  readonly departure: { isOwn: boolean };
  readonly client: Client;
  readonly socket: Socket;
}

export function provideGraphql(graphql: Graphql): Graphql {
  return setContext(key, graphql);
}

export function useGraphql(): Graphql {
  return getContext<Graphql>(key);
}
