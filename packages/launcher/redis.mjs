// Starts a redis-server for tests: in memory, on a free port of this machine.
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './postgres.mjs';
import { findTool } from './tools.mjs';

export function redisCommand() {
  return findTool({
    tool: 'a Redis server',
    variable: 'REDIS_SERVER',
    commands: ['redis-server', 'valkey-server'],
    packageName: process.platform === 'darwin' ? 'redis' : 'redis-server',
  });
}

async function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

export async function startRedis(options = {}) {
  const port = options.port ?? (await freePort());
  const child = spawn(redisCommand(), ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  });
  for (let waited = 0; !(await answers(port)); waited += 20) {
    if (waited > 10_000) throw new Error(`The Redis server did not answer on port ${port} within 10 s.`);
    await delay(20);
  }
  return {
    port,
    pid: child.pid,
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      if (child.exitCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await gone;
    },
  };
}
