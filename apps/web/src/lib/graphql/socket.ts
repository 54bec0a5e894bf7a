import { createClient, type Client } from 'graphql-ws';

const pingEveryMs = 10_000;
const answerWithinMs = 4000;

/**
 * The one socket of the page. Reconnects for ever, with backoff and jitter, and asks again for what was subscribed. A
 * server that does not answer a ping in time counts as gone: a half-open connection would look alive for minutes.
 */
export function openSocket(): Client {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  let socket: WebSocket | undefined;
  let overdue: ReturnType<typeof setTimeout> | undefined;
  return createClient({
    url: `${scheme}://${location.host}/graphql`,
    lazy: false,
    keepAlive: pingEveryMs,
    connectionAckWaitTimeout: 10_000,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    onNonLazyError: () => undefined,
    async retryWait(retries) {
      const backoff = Math.min(5000, 200 * 2 ** retries);
      await new Promise((resolve) => setTimeout(resolve, backoff * (0.5 + Math.random())));
    },
    on: {
      opened: (opened) => (socket = opened as WebSocket),
      ping(received) {
        if (received) return;
        clearTimeout(overdue);
        overdue = setTimeout(() => socket?.close(4408, 'no answer'), answerWithinMs);
      },
      pong: (received) => received && clearTimeout(overdue),
      closed: () => clearTimeout(overdue),
    },
  });
}
