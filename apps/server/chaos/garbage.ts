import { createClient } from 'redis';
import type { Draw } from './plan.ts';

const everyMs = 20;
/** Enough for every channel that is in use to be seen. */
const listenMs = 300;

/** Longer than what a node parses. */
const oversized = 'x'.repeat(9_000_000);

const messages: readonly (string | Buffer)[] = [
  '',
  'null',
  '{',
  '"',
  '[]',
  'not JSON',
  '{"node":1}',
  '{"node":"chaos"}',
  Buffer.from([0, 255, 254, 195, 40]),
  `{"node":"chaos","body":${'['.repeat(5000)}${']'.repeat(5000)}}`,
  ...[
    null,
    -1,
    1e308,
    9_007_199_254_740_993,
    '',
    'x'.repeat(100_000),
    [],
    [null, null],
    {},
    { workspaceId: 'x', topic: 5 },
    { workspaceId: crypto.randomUUID(), topic: 'tickets' },
    { __proto__: null, constructor: { prototype: 1 } },
  ].map((body) => JSON.stringify({ node: 'chaos', body })),
];

/** Publishes on every channel that the nodes use, and on others of their namespace, what no node publishes. */
export async function publishGarbage(redisUrl: string, draw: Draw, lastingMs: number): Promise<void> {
  const [listener, publisher] = [createClient({ url: redisUrl }), createClient({ url: redisUrl })];
  for (const client of [listener, publisher]) {
    client.on('error', () => undefined);
    await client.connect();
  }
  const channels = new Set<string>();
  await listener.pSubscribe('baton:*', (_message, channel) => void channels.add(channel));
  await sleep(listenMs);
  const [, prefix = 'baton:'] = /^(baton:[^:]*:)/.exec([...channels][0] ?? '') ?? [];
  const targets = [
    ...channels,
    ...['', 'error', 'signal', 'presence', 'stream:', `stream:${crypto.randomUUID()}`].map((name) => prefix + name),
  ];
  const end = performance.now() + lastingMs;
  await publisher.publish(draw.one(targets), oversized);
  while (performance.now() < end) {
    for (const target of targets) await publisher.publish(target, draw.one(messages));
    await sleep(everyMs);
  }
  for (const client of [listener, publisher]) client.destroy();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
