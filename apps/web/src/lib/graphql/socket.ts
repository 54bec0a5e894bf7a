import { createClient, type Client } from 'graphql-ws';

/** The one socket of the page. Reconnects for ever, with backoff and jitter, and asks again for what was subscribed. */
export function openSocket(): Client {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return createClient({
    url: `${scheme}://${location.host}/graphql`,
    lazy: false,
    keepAlive: 10_000,
    connectionAckWaitTimeout: 10_000,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    onNonLazyError: () => undefined,
    async retryWait(retries) {
      const backoff = Math.min(5000, 200 * 2 ** retries);
      await new Promise((resolve) => setTimeout(resolve, backoff * (0.5 + Math.random())));
    },
  });
}
