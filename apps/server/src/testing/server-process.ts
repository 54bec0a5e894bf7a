import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Reply } from './world.ts';

const serverFolder = fileURLToPath(new URL('../../', import.meta.url));
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Few callers of a test ask as much as many people do. */
const withoutLimits = { REQUESTS_PER_MINUTE: '0', OPERATIONS_PER_PERSON: '0', WRITES_PER_TICKET: '0' };

const startDeadlineMs = 25_000;

/** The built server in a separate process, for tests of what ends, hangs or stops a process. */
export class ServerProcess {
  output = '';
  readonly #child: ChildProcess;

  private constructor(
    child: ChildProcess,
    readonly port: number,
  ) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (this.output += String(chunk)));
  }

  /** Resolves once the server listens. */
  static async start(environment: Readonly<Record<string, string>>): Promise<ServerProcess> {
    if (!existsSync(program)) throw new Error(`${program} does not exist. Run: npx turbo run build`);
    const port = await freePort();
    const child = spawn(process.execPath, ['--enable-source-maps', program], {
      cwd: serverFolder,
      env: { PATH: '', NODE_ENV: 'production', DEMO: 'false', ...withoutLimits, PORT: String(port), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new ServerProcess(child, port);
    const late = setTimeout(() => server.signal('SIGKILL'), startDeadlineMs);
    await server.#listening();
    clearTimeout(late);
    return server;
  }

  get url(): string {
    return `127.0.0.1:${this.port}`;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async ask(secret: string, query: string, variables: object = {}): Promise<Reply> {
    const response = await fetch(`http://${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Reply;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The exit code, or the name of the signal that ended the process. */
  async ended(): Promise<number | string | null> {
    if (this.isAlive) await once(this.#child, 'exit');
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  async stop(): Promise<void> {
    this.signal('SIGTERM');
    await this.ended();
  }

  async #listening(): Promise<void> {
    const said = new Promise<void>((resolve) => {
      this.#child.stdout?.on('data', () => this.output.includes('Ctrl-C stops it.') && resolve());
    });
    const ended = this.ended().then((code) => {
      throw new Error(`the server ended with ${code} before it listened:\n${this.output}`);
    });
    await Promise.race([said, ended]);
    // Rejects when the server ends, which is expected from here on.
    ended.catch(() => undefined);
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
