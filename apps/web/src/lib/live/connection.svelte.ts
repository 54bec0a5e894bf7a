import type { Client as Socket } from 'graphql-ws';

export type ConnectionState = 'connecting' | 'live' | 'stale';

/** Whether the page hears of changes as they happen, and since when it does not. */
export class Connection {
  state = $state<ConnectionState>('connecting');
  staleSince = $state<number | null>(null);

  constructor(socket: Socket) {
    socket.on('connected', () => {
      this.state = 'live';
      this.staleSince = null;
    });
    socket.on('closed', () => {
      this.staleSince ??= Date.now();
      this.state = 'stale';
    });
  }
}
