import type { CombinedError, Exchange } from '@urql/core';
import { retryExchange } from '@urql/exchange-retry';

/** Codes with which the server refuses an operation because of its load, or because of the caller's. */
export const busyCodes: readonly string[] = ['TOO_MANY_REQUESTS', 'OVERLOADED'];

function isBusy({ graphQLErrors }: CombinedError): boolean {
  return graphQLErrors.some(({ extensions }) => busyCodes.includes(String(extensions.code)));
}

/** Repeats queries and subscriptions that a busy server refused. Mutations wait in the offline queue, or their caller decides. */
export function retryWhenBusy(): Exchange {
  return retryExchange({
    initialDelayMs: 500,
    maxDelayMs: 8000,
    maxNumberAttempts: 6,
    retryIf: (error, { kind }) => kind !== 'mutation' && isBusy(error),
  });
}
