import { execFile, fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { FromClients, ToClients } from './plan.ts';

const serverFolder = fileURLToPath(new URL('../../', import.meta.url));
const shiftClock = fileURLToPath(new URL('../../chaos/shift-clock.mjs', import.meta.url));

/** A node of the product: the built server as a process of its own. */
export class Node {
  #process: ChildProcess | null = null;

  constructor(
    readonly port: number,
    private readonly environment: Record<string, string>,
    private readonly clockOffMs: number,
  ) {}

  get url(): string {
    return `127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--enable-source-maps', '--import', shiftClock, 'dist/main.js'], {
      cwd: serverFolder,
      env: {
        ...process.env,
        ...this.environment,
        // A few people ask as much here as hundreds do elsewhere.
        REQUESTS_PER_MINUTE: '0',
        OPERATIONS_PER_PERSON: '0',
        WRITES_PER_TICKET: '0',
        SOCKETS_PER_PERSON: '0',
        // What a stopping node cuts off is sent again.
        SHUTDOWN_DELAY_SECONDS: '0',
        DRAIN_SECONDS: '2',
        CLOCK_OFF_MS: String(this.clockOffMs),
        NODE_ENV: 'production',
        PORT: String(this.port),
        LOG_LEVEL: 'fatal',
        DEMO: 'false',
        // Its clients run operations of their own.
        GRAPHIQL: 'true',
      },
      stdio: ['ignore', 'pipe', process.env.CHAOS_VERBOSE ? 'inherit' : 'ignore'],
    });
    this.#process = child;
    let said = '';
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        said += String(chunk);
        if (said.includes('Ctrl-C stops it.')) resolve();
      });
      child.once('exit', (code) => reject(new Error(`a node ended with ${code} while it started:\n${said}`)));
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGCONT');
    child.kill(signal);
    await once(child, 'exit');
  }

  /** Starts it again for as long as the database is not there yet. */
  async revive(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.start();
      } catch (error) {
        if (attempt > 20) throw error;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  }
}

/** Runs a command of the product, as `npm run backup` does. */
export async function runTool(tool: 'backup' | 'restore', args: readonly string[], databaseUrl: string): Promise<void> {
  await promisify(execFile)(process.execPath, [`dist/${tool}.js`, ...args], {
    cwd: serverFolder,
    env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl },
  });
}

/** A process full of clients. */
export class Clients {
  readonly #process: ChildProcess;

  constructor({ hourOff }: { hourOff: boolean }) {
    this.#process = fork(new URL('./chaos-clients.js', import.meta.url), {
      execArgv: ['--import', shiftClock],
      env: { ...process.env, CLOCK_OFF_MS: String(hourOff ? 3_600_000 : 0) },
    });
  }

  say(message: ToClients): void {
    this.#process.send(message);
  }

  /** Says something and waits for the answer to it. */
  async ask<Kind extends FromClients['kind']>(message: ToClients, kind: Kind): Promise<Extract<FromClients, { kind: Kind }>> {
    this.say(message);
    const [answer] = (await once(this.#process, 'message')) as [FromClients];
    if (answer.kind !== kind) throw new Error(`the clients said ${answer.kind} in place of ${kind}`);
    return answer as Extract<FromClients, { kind: Kind }>;
  }

  async stop(): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#process.disconnect();
    await gone;
  }
}
