import { startRedis, type RunningRedis } from '@baton/launcher/redis';
import fc from 'fast-check';
import { createClient, type RedisClientType } from 'redis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectHarmless, fuzz, fuzzTimeout } from '../testing/fuzz.ts';
import { ServerProcess } from '../testing/server-process.ts';
import { waitFor, World, type Person } from '../testing/world.ts';

const PRESENCE = `subscription ($id: ID!) { presenceChanged(ticketId: $id) { activity field member { name } } }`;

let world: World;
let witness: Person;
let server: ServerProcess;
let redis: RunningRedis;
let client: RedisClientType;
/** Of the channels of this database. */
let prefix = '';
/** Messages as a node publishes them, to be changed. */
const real: Message[] = [];

type Message = Record<string, unknown>;

beforeAll(async () => {
  world = await World.open();
  witness = await world.person('SUPERVISOR', { name: 'Ada' });
  const { id } = await world.ticket();
  redis = await startRedis();
  client = createClient({ url: redis.url }) as unknown as RedisClientType;
  await client.connect();
  const listener = client.duplicate();
  await listener.connect();
  await listener.pSubscribe('*', (message, channel) => {
    prefix = channel.slice(0, channel.lastIndexOf(':', channel.length - 'presence'.length) + 1);
    real.push(JSON.parse(message) as Message);
  });
  server = await ServerProcess.start({
    DATABASE_URL: world.databaseUrl,
    REDIS_URL: redis.url,
    LOG_LEVEL: 'error',
    REQUESTS_PER_MINUTE: '1000000',
  });
  witness.at(server.url).follow(PRESENCE, { id });
  await waitFor(() => real.some(({ body }) => JSON.stringify(body).includes(id)), 'an announcement');
  await listener.close();
});
afterAll(async () => {
  await witness.leave();
  await server.stop();
  await client.close();
  await redis.stop();
  await world.close();
});

const name = fc.oneof(
  fc.constantFrom('presence', 'presence:act', 'signal', 'error', '__proto__', ''),
  fc.constant('stream').map((start) => `${start}:${world.workspaceId}`),
  fc.string(),
);

/** A value in the place of any part of a real message. */
const changed = fc.tuple(fc.nat(), fc.nat(30), fc.jsonValue()).map(([which, at, value]) => {
  let place = 0;
  const text = JSON.stringify(real[which % real.length], (_key, part: unknown) => (place++ === at ? value : part));
  return text ?? 'null';
});
const fromAnotherNode = fc.jsonValue().map((body) => JSON.stringify({ node: 'another', body }));
const text = fc.oneof(
  changed,
  fromAnotherNode,
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.constant('['.repeat(100_000)),
  fc.constant(''),
);

const batchSize = 50;

it('drops malformed messages from Redis and serves users', { timeout: fuzzTimeout() }, async () => {
  expect(prefix).toMatch(/^baton:[0-9a-f]{16}:$/);
  await fuzz(
    `Redis messages in batches of ${batchSize}`,
    fc.array(fc.tuple(name, text), { minLength: batchSize, maxLength: batchSize }),
    (batch) =>
      expectHarmless({ server, witness }, async () => {
        await Promise.all(batch.map(([channel, message]) => client.publish(prefix + channel, message)));
      }),
    { runs: 60, share: 0.06, target: () => ({ server }) },
  );
  expect(server.output).toBe(server.output.replace(/could not be processed/, ''));
});

it('counts requests although the values of its keys in Redis are of another kind', { timeout: fuzzTimeout() }, async () => {
  await server.ask(witness.secret, '{ viewer { email } }');
  const [key = ''] = await client.keys('*:requests:*');
  expect(key).not.toBe('');
  const values: (() => Promise<unknown>)[] = [
    () => client.set(key, 'not a number'),
    () => client.lPush(key, 'x'),
    () => client.set(key, ''),
    () => client.hSet(key, 'a', 'b'),
    () => client.set(key, '9'.repeat(40)),
  ];
  await fuzz(
    'values of counters',
    fc.nat(values.length - 1),
    (which) =>
      expectHarmless({ server, witness }, async () => {
        await client.del(key);
        await values[which]?.();
      }),
    { runs: 10, share: 0.02, target: () => ({ server }) },
  );
});
