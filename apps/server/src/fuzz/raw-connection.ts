import { connect } from 'node:net';

/** How a client ends a connection. */
export const endings = ['finish', 'reset', 'reset early'] as const;
export type Ending = (typeof endings)[number];

export interface RawExchange {
  readonly port: number;
  readonly chunks: readonly Uint8Array[];
  readonly ending: Ending;
}

const patienceMs = 1500;

/** Writes bytes to a new connection and returns what came back until it closed. */
export function exchange({ port, chunks, ending }: RawExchange): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const received: Buffer[] = [];
    const timer = setTimeout(() => socket.destroy(), patienceMs);
    socket.on('data', (chunk) => received.push(chunk));
    // A reset is one of the endings.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(received).toString('latin1'));
    });
    socket.once('connect', () => {
      for (const chunk of chunks) socket.write(chunk);
      if (ending === 'finish') socket.end();
      else if (ending === 'reset early') socket.resetAndDestroy();
      else socket.write('', () => socket.resetAndDestroy());
    });
  });
}
