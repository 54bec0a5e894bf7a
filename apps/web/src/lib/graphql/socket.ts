import { createClient, type Client } from 'graphql-ws';

/** Together the longest time in which a silent network goes unnoticed: under 10 s. */
const pingEveryMs = 5000;
const answerWithinMs = 4000;

/**
 * The one socket of the page, to one of the server's doors. Reconnects for ever, with backoff and jitter, and asks again for what was subscribed. A
 * server that does not answer a ping in time counts as gone: a half-open connection would look alive for minutes.
 */
export function openSocket(path: string, connectionParams: Record<string, string> = {}): Client {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  let overdue: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url: `${scheme}://${location.host}${path}`,
    connectionParams,
    lazy: false,
    keepAlive: pingEveryMs,
    connectionAckWaitTimeout: 10_000,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    onNonLazyError: () => undefined,
    async retryWait(retries) {
      // Spread over two seconds from the first: everybody lost the same server at the same moment.
      const longest = Math.min(8000, 2000 * 2 ** retries);
      await untilWorthTrying(100 + Math.random() * longest);
    },
    on: {
      ping(received) {
        if (received) return;
        clearTimeout(overdue);
        // Not `close`: a browser reports that only after a closing handshake, for which a silent network gives no answer.
        overdue = setTimeout(() => client.terminate(), answerWithinMs);
      },
      pong: (received) => received && clearTimeout(overdue),
      closed: () => clearTimeout(overdue),
    },
  });
  return client;
}

/** Waits a while, and no longer than until the network is back or somebody looks at the page again. */
function untilWorthTrying(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      document.removeEventListener('visibilitychange', seen);
      resolve();
    };
    const seen = () => document.visibilityState === 'visible' && done();
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
    document.addEventListener('visibilitychange', seen);
  });
}
