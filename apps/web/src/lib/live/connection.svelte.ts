import type { Client as Socket } from 'graphql-ws';
import { now } from './now.svelte.ts';

export type ConnectionState = 'connecting' | 'live' | 'stale';

/** Whether the page hears of changes as they happen, and since when it does not. */
export class Connection {
  state = $state<ConnectionState>('connecting');
  staleSince = $state<number | null>(null);

  constructor(socket: Socket) {
    let askedAt = Date.now();
    socket.on('opened', () => (askedAt = Date.now()));
    socket.on('connected', (_socket, told) => {
      if (typeof told?.now === 'number') now.correct(told.now, askedAt, Date.now());
      this.state = 'live';
      this.staleSince = null;
    });
    socket.on('closed', () => {
      this.staleSince ??= Date.now();
      this.state = 'stale';
    });
  }
}
