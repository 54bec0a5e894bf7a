import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from './testing/server-process.ts';
import { waitFor, World } from './testing/world.ts';

const launcher = fileURLToPath(new URL('../../../packages/launcher/serve.mjs', import.meta.url));

/** Makes the server print its process id, and hang when it gets SIGUSR2. */
const preload = `data:text/javascript,${encodeURIComponent(`
  import { isMainThread } from 'node:worker_threads';
  if (isMainThread && process.argv[1]?.endsWith('main.js')) {
    console.log('server process ' + process.pid);
    process.on('SIGUSR2', () => { for (;;); });
  }`)}`;

let world: World;
let child: ChildProcess;
let port: number;
let output = '';

beforeAll(async () => {
  world = await World.open();
  port = await freePort();
  child = spawn(process.execPath, [launcher], {
    env: {
      DATABASE_URL: world.databaseUrl,
      PORT: String(port),
      DEMO: 'false',
      WATCHDOG_SECONDS: '2',
      NODE_OPTIONS: `--import ${preload}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += String(chunk)));
  await waitFor(isServing, 'the server');
});
afterAll(async () => {
  child.kill('SIGTERM');
  if (child.exitCode === null) await once(child, 'exit');
  await world.close();
});

async function isServing(): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
  return response?.ok ?? false;
}

function serverProcesses(): number[] {
  return [...output.matchAll(/server process (\d+)/g)].map(([, id]) => Number(id));
}

async function expectRestartAfter(act: (server: number) => void): Promise<void> {
  const before = serverProcesses();
  act(before.at(-1) ?? 0);
  await waitFor(() => serverProcesses().length > before.length, 'another server process');
  await waitFor(isServing, 'the restarted server');
  expect(child.exitCode).toBeNull();
}

it('starts a server again that was killed', async () => {
  await expectRestartAfter((server) => process.kill(server, 'SIGKILL'));

  expect(output).toContain('The server ended (SIGKILL). Restarting it in 0.5 s');
});

it('starts a server again whose event loop hangs', async () => {
  await expectRestartAfter((server) => process.kill(server, 'SIGUSR2'));

  expect(output).toContain('event loop blocked for 2 s, the process is ended');
});
