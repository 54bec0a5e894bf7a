import { startRedis, type RunningRedis } from '@baton/launcher/redis';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { freePort, ServerProcess } from '../testing/server-process.ts';
import { waitFor, World, type Person } from '../testing/world.ts';

const PRESENCE = `subscription ($id: ID!) { presenceChanged(ticketId: $id) { member { name } } }`;

let world: World;
let ada: Person;
let bob: Person;
let ticketId: string;
const servers: ServerProcess[] = [];
const redises: RunningRedis[] = [];

beforeAll(async () => {
  world = await World.open();
  ada = await world.person('SUPERVISOR', { name: 'Ada' });
  bob = await world.person('SUPERVISOR', { name: 'Bob' });
  ticketId = (await world.ticket()).id;
});
afterEach(async () => {
  await Promise.all([ada.leave(), bob.leave()]);
  for (const server of servers.splice(0)) await server.stop();
  for (const redis of redises.splice(0)) await redis.stop();
});
afterAll(() => world.close());

async function openRedis(port?: number): Promise<RunningRedis> {
  const redis = await startRedis(port === undefined ? {} : { port });
  redises.push(redis);
  return redis;
}

async function openServer(
  redisUrl: string,
  environment: Record<string, string> = {},
  databaseUrl = world.databaseUrl,
): Promise<ServerProcess> {
  const server = await ServerProcess.start({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, ...environment });
  servers.push(server);
  return server;
}

async function readiness(server: ServerProcess): Promise<Record<string, unknown>> {
  return (await (await fetch(`http://${server.url}/readyz`)).json()) as Record<string, unknown>;
}

/** Waits until Ada on one node sees that Bob on another node has the ticket open. */
async function expectPresenceBetween(one: ServerProcess, other: ServerProcess): Promise<void> {
  const adas = ada.at(one.url).follow(PRESENCE, { id: ticketId });
  await adas.begun();
  bob.at(other.url).follow(PRESENCE, { id: ticketId });
  await adas.until(({ presenceChanged }) => presenceChanged.some(({ member }: { member: { name: string } }) => member.name === 'Bob'));
}

/** The channels on which a node publishes while a member opens a ticket there. */
async function channelsOf(redisUrl: string, work: () => Promise<void>): Promise<string[]> {
  const listener = createClient({ url: redisUrl });
  const channels = new Set<string>();
  await listener.connect();
  await listener.pSubscribe('*', (_message, channel) => channels.add(channel));
  await work();
  await waitFor(() => [...channels].some((channel) => channel.endsWith(':presence')), 'an announcement');
  await listener.close();
  return [...channels];
}

const wrongShapes = [
  'not JSON',
  '',
  'null',
  '[]',
  '{"node":1}',
  '{"node":"x"}',
  '{"node":"x","body":null}',
  '{"node":"x","body":"null"}',
  '{"node":"x","body":{"node":"y","places":{"a":null}}}',
  '{"node":"x","body":"{\\"node\\":\\"y\\",\\"places\\":null}"}',
  '{"node":"x","body":{"node":"y","places":{"__proto__":{"ticketId":{}}}}}',
  '{"node":"x","body":{"workspaceId":{},"topic":7}}',
];

it('keeps serving when malformed messages arrive from Redis, counts and logs them once', async () => {
  const redis = await openRedis();
  const one = await openServer(redis.url);
  const other = await openServer(redis.url);
  const channels = await channelsOf(redis.url, () => expectPresenceBetween(one, other));
  const publisher = createClient({ url: redis.url });
  await publisher.connect();
  const prefix = channels.find((channel) => channel.endsWith(':presence'))?.slice(0, -'presence'.length) ?? '';

  for (const name of ['presence', 'presence:act', 'signal', 'error', `stream:${world.workspaceId}`])
    for (const message of wrongShapes) await publisher.publish(prefix + name, message);
  await publisher.close();

  await waitFor(async () => Number((await readiness(one)).droppedMessages) >= 3 * wrongShapes.length, 'dropped messages');
  await Promise.all([ada.leave(), bob.leave()]);
  await expectPresenceBetween(one, other);
  expect([one.isAlive, other.isAlive]).toEqual([true, true]);
  expect(one.output.match(/malformed messages were dropped/g)).toHaveLength(1);
});

it('keeps databases that share a Redis apart, also when they share their SECRET', async () => {
  const redis = await openRedis();
  const second = await World.open();
  const SECRET = 'k'.repeat(40);
  const one = await openServer(redis.url, { SECRET });
  const other = await openServer(redis.url, { SECRET }, second.databaseUrl);
  const carol = await second.person('SUPERVISOR', { name: 'Carol' });
  const { id } = await second.ticket();

  const first = await channelsOf(redis.url, async () => void ada.at(one.url).follow(PRESENCE, { id: ticketId }));
  await ada.leave();
  await one.stop();
  const others = await channelsOf(redis.url, async () => void carol.at(other.url).follow(PRESENCE, { id }));

  expect(first.filter((channel) => others.includes(channel))).toEqual([]);
  await carol.leave();
  await second.close();
});

it('starts while Redis is down, reports it, and connects when Redis is back', async () => {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const one = await openServer(url, { REQUESTS_PER_MINUTE: '1000' });
  const other = await openServer(url, { REQUESTS_PER_MINUTE: '1000' });

  expect(await readiness(one)).toMatchObject({ ready: true, degraded: true, redis: false });
  expect(one.output).toContain('Redis is not reachable, the node continues without it');
  expect((await one.ask(ada.secret, '{ viewer { email } }')).data.viewer.email).toBe('ada@desk.test');

  await openRedis(port);
  await waitFor(async () => (await readiness(one)).redis === true && (await readiness(other)).redis === true, 'Redis');
  await expectPresenceBetween(one, other);
  expect(one.output).toContain('Redis is reachable again');
});

it('answers requests and counts them alone while Redis hangs', async () => {
  const redis = await openRedis();
  const server = await openServer(redis.url, { REQUESTS_PER_MINUTE: '5' });
  process.kill(redis.pid, 'SIGSTOP');
  try {
    const started = performance.now();
    const answers = [];
    for (let request = 0; request < 6; request++) answers.push(await server.ask(ada.secret, '{ viewer { email } }'));

    expect(performance.now() - started).toBeLessThan(3000);
    expect(answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'OK')).toEqual([...Array(5).fill('OK'), 'TOO_MANY_REQUESTS']);
  } finally {
    process.kill(redis.pid, 'SIGCONT');
  }
});
