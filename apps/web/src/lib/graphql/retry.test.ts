import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, fetchExchange, gql } from '@urql/core';
import { expect, it } from 'vitest';
import { send } from './mutate.ts';
import { retryWhenBusy } from './retry.ts';

const busy = [
  { status: 503, code: 'OVERLOADED' },
  { status: 429, code: 'TOO_MANY_REQUESTS' },
];

/** Runs work against a server that refuses the first requests and answers the next one. */
async function withRefusals<T>(
  refusals: readonly (typeof busy)[number][],
  work: (client: Client) => Promise<T>,
): Promise<{ result: T; requests: number }> {
  let requests = 0;
  const server = createServer((_request, response) => {
    const refusal = refusals[requests++];
    const body = refusal ? { errors: [{ message: 'busy', extensions: { code: refusal.code, retryAfter: 1 } }] } : { data: { answer: 42 } };
    response.writeHead(refusal?.status ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  try {
    const result = await work(new Client({ url, preferGetMethod: false, exchanges: [retryWhenBusy(), fetchExchange] }));
    return { result, requests };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it('repeats a query that a busy server refused until it is answered', async () => {
  const { result, requests } = await withRefusals(busy, (client) => client.query(gql('{ answer }'), {}).toPromise());

  expect(result.error).toBeUndefined();
  expect(result.data).toEqual({ answer: 42 });
  expect(requests).toBe(3);
});

it.each(busy)('leaves a mutation refused with $code to its caller, to be sent again later', async (refusal) => {
  const { result, requests } = await withRefusals([refusal], (client) => send(client, gql('mutation { answer }'), {}));

  expect(result).toEqual({ kind: 'UNREACHABLE' });
  expect(requests).toBe(1);
});
