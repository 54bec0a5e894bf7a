import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServerProcess } from '../testing/server-process.ts';
import { World, type Person } from '../testing/world.ts';

let world: World;
let agent: Person;
let server: ServerProcess;

beforeAll(async () => {
  world = await World.open();
  agent = await world.person('AGENT', { name: 'Ada' });
  server = await ServerProcess.start({ DATABASE_URL: world.databaseUrl });
});
afterAll(async () => {
  await server.stop();
  await world.close();
});

const handshake = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];

function upgradeOf(target: string, ...headers: string[]): string {
  return [`GET ${target} HTTP/1.1`, 'Host: desk.test', ...handshake, ...headers, '', ''].join('\r\n');
}

/** The status of the answer to raw bytes. */
async function statusOf(request: string): Promise<number> {
  const socket = connect(server.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += String(chunk)));
  socket.write(request);
  await once(socket, 'close');
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
}

async function expectServed(): Promise<void> {
  expect(server.isAlive, server.output).toBe(true);
  expect((await server.ask(agent.secret, '{ viewer { email } }')).data.viewer.email).toBe('ada@desk.test');
}

it.each([
  ['an opaque origin', 'null'],
  ['an origin that is not a URL', 'http://[:'],
  ['the origin of another site', 'https://evil.test'],
])('refuses a socket from %s', async (_what, origin) => {
  expect(await statusOf(upgradeOf('/graphql', `Origin: ${origin}`))).toBe(403);
  await expectServed();
});

it.each(['//', '//:', 'http://[', '/\\\\['])('refuses a socket for the malformed target %s', async (target) => {
  expect(await statusOf(upgradeOf(target))).toBe(400);
  await expectServed();
});

it('refuses a socket for a path that takes none', async () => {
  expect(await statusOf(upgradeOf('/elsewhere'))).toBe(403);
  await expectServed();
});

it('keeps serving when clients reset their connection while a socket is refused', async () => {
  for (let round = 0; round < 200; round++) {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(upgradeOf('/elsewhere'), () => socket.resetAndDestroy());
    await once(socket, 'close');
  }
  await expectServed();
});

it.each(['//', '//:', '/%', '/%ff', '/\\', 'http://[', '*', '/tickets/%00'])(
  'answers a request for the malformed target %s',
  async (target) => {
    const status = await statusOf(`GET ${target} HTTP/1.1\r\nHost: desk.test\r\nConnection: close\r\n\r\n`);
    expect(status).toBeGreaterThanOrEqual(200);
    expect(status).toBeLessThan(500);
    await expectServed();
  },
);
