import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectHarmless, fuzz, fuzzTimeout, startTarget, type Target } from '../testing/fuzz.ts';
import { endings, exchange, type Ending } from './raw-connection.ts';

let target: Target;

beforeAll(async () => {
  target = await startTarget({ TRUSTED_PROXIES: '127.0.0.1' });
});
afterAll(() => target.stop());

const oddText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '\0',
    '%',
    '%00',
    '%ff',
    '%c0%af',
    '..',
    '\\',
    '\t',
    'null',
    '-1',
    '1e999',
    'x'.repeat(20_000),
    '\ud800',
    '{',
    '[',
    '"',
  ),
);
const method = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'CONNECT', 'TRACE', 'PROPFIND') },
  { weight: 1, arbitrary: oddText },
);
const path = fc.constantFrom(
  ...['/', '//', '//:', '/graphql', '/client/graphql', '/graphiql', '/graphiql/start.js', '/files', '/files/x/y', '/client/files'],
  ...['/healthz', '/readyz', '/auth/oidc', '/auth/oidc/callback', '/sign-in', '/follow', '/views/open', '/tickets/1', '/_app/version.json'],
  ...['*', 'http://[', 'http://desk.test/graphql', 'desk.test:443', '/__data.json', '/views/open/__data.json', '/service-worker.js'],
);
const query = fc.oneof(
  fc.constant(''),
  fc.constantFrom('?to=//evil.test', '?name=a&name=b', '?query={viewer{email}}', '?__proto__=1', '?a[b][c]=1', '?code=x&state=y', '#x'),
  oddText.map((text) => `?${text}`),
  oddText.map((text) => `/${text}`),
);
const headerName = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      ...['Host', 'Content-Length', 'Transfer-Encoding', 'Content-Type', 'Content-Encoding', 'Cookie', 'Authorization', 'Origin'],
      ...['Upgrade', 'Connection', 'Sec-WebSocket-Key', 'Sec-WebSocket-Version', 'Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions'],
      ...['X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host', 'Expect', 'Range', 'If-None-Match', 'Accept', 'Accept-Language'],
      ...['apollo-require-preflight', 'x-apollo-operation-name', 'x-sveltekit-action', 'x-sveltekit-invalidated'],
    ),
  },
  { weight: 1, arbitrary: oddText },
);
const headerValue = fc.oneof(
  fc.constantFrom(
    ...['null', 'chunked', 'gzip', 'gzip, chunked', '0', '5', '-1', '99999999999999999999', 'application/json', 'multipart/form-data'],
    ...['websocket', 'h2c', 'Upgrade', 'keep-alive', 'close', 'graphql-transport-ws', 'graphql-ws', '13', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ...['permessage-deflate', 'permessage-deflate; client_max_window_bits=99', '100-continue', 'bytes=0-0,5-', '::1, 1.2.3.4, x, ,', '*/*'],
    ...[
      'baton_session=x; baton_session=%',
      'baton_oidc={}',
      'Bearer baton_x',
      'Bearer session_x',
      'https://evil.test',
      'http://[',
      'desk.test',
    ],
  ),
  oddText,
);
const json = fc.oneof(
  fc.json(),
  fc.constantFrom(
    '{"query":"{viewer{email}}"}',
    '{"query":"subscription{notificationsChanged{unreadCount}}"}',
    '{"query":1}',
    '[]',
    'null',
  ),
  fc
    .record({ query: oddText, variables: fc.jsonValue(), operationName: oddText }, { requiredKeys: [] })
    .map((body) => JSON.stringify(body)),
);
const body = fc.oneof(fc.constant(''), json, oddText, fc.constant('5\r\nhello\r\n0\r\n\r\n'), fc.constant('zz\r\nhello'));

interface RawRequest {
  readonly bytes: Buffer;
  readonly ending: Ending;
  readonly cuts: readonly number[];
}

/** A request of parts, each of which may be wrong. */
const assembled = fc
  .record({
    method,
    path,
    query,
    version: fc.oneof(
      { weight: 9, arbitrary: fc.constant('HTTP/1.1') },
      { weight: 1, arbitrary: fc.constantFrom('HTTP/1.0', 'HTTP/9.9', 'X', '') },
    ),
    host: fc.boolean(),
    upgrade: fc.boolean(),
    framed: fc.boolean(),
    headers: fc.array(fc.tuple(headerName, headerValue), { maxLength: 6 }),
    newline: fc.oneof({ weight: 9, arbitrary: fc.constant('\r\n') }, { weight: 1, arbitrary: fc.constantFrom('\n', '\r') }),
    body,
  })
  .map(({ method: verb, path: start, query: rest, version, host, upgrade, framed, headers, newline, body: content }) => {
    const lines = [`${verb} ${start}${rest} ${version}`];
    if (host) lines.push('Host: desk.test');
    if (upgrade) {
      lines.push('Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==');
    }
    if (framed) lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(content)}`);
    return Buffer.from([...lines, ...headers.map(([name, value]) => `${name}: ${value}`), '', content].join(newline));
  });

/** The same with bytes changed, or bytes without any form. */
const bytes = fc.oneof(
  { weight: 6, arbitrary: assembled },
  {
    weight: 3,
    arbitrary: fc
      .tuple(assembled, fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 5 }))
      .map(([request, changes]) => {
        const changed = Buffer.from(request);
        for (const [at, byte] of changes) if (at < changed.length) changed[at] = byte;
        return changed;
      }),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 600 }).map((array) => Buffer.from(array)) },
);

const request: fc.Arbitrary<RawRequest> = fc.record({
  bytes,
  ending: fc.oneof({ weight: 4, arbitrary: fc.constant<Ending>('finish') }, { weight: 1, arbitrary: fc.constantFrom(...endings) }),
  cuts: fc.array(fc.nat(300), { maxLength: 2 }),
});

async function send({ bytes: whole, ending, cuts }: RawRequest): Promise<void> {
  const places = [0, ...[...cuts].sort((a, b) => a - b), whole.length];
  const chunks = places.slice(1).map((end, index) => whole.subarray(places[index], end));
  const answer = await exchange({ port: target.server.port, chunks, ending });
  expect(answer, `the answer to ${JSON.stringify(whole.toString('latin1'))}`).not.toMatch(/HTTP\/1\.1 5(?!03)\d\d|INTERNAL_SERVER_ERROR/);
}

const batchSize = 20;

it('answers malformed requests and upgrades without an internal error, and serves other users', { timeout: fuzzTimeout() }, async () => {
  await fuzz(
    `HTTP requests in batches of ${batchSize}`,
    fc.array(request, { minLength: batchSize, maxLength: batchSize }),
    (batch) => expectHarmless(target, async () => void (await Promise.all(batch.map(send)))),
    { runs: 50, share: 0.1, target: () => target },
  );
});
