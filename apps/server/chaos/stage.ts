import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startPostgres } from '@baton/launcher/postgres';
import { startRedis } from '@baton/launcher/redis';
import pg from 'pg';
import type { ReloadReason, Sql } from './judge.ts';
import { MailServer } from './mail-server.ts';
import { monotonicMs, type Draw } from './plan.ts';
import { Proxy } from './proxy.ts';
import { Clients, Node, runTool } from './service.ts';
import { standbyOf } from './standby.ts';

/** A node's own ways to PostgreSQL and to Redis. */
interface Ways {
  readonly postgres: Proxy;
  readonly redis: Proxy;
}

const tenMinutes = 600_000;

/** Everything that runs, and can be made to fail. */
export class Stage {
  readonly nodes: Node[] = [];
  readonly ways: Ways[] = [];
  readonly halves = [new Clients({ hourOff: false }), new Clients({ hourOff: true })];
  /** What clients must reload for. */
  readonly reloadReasons: ReloadReason[] = [];
  #folders: string[] = [];

  private constructor(
    public postgres: Awaited<ReturnType<typeof startPostgres>>,
    public redis: Awaited<ReturnType<typeof startRedis>>,
    public dataDir: string,
    readonly mail: MailServer,
  ) {
    this.#folders.push(dataDir);
  }

  /** PostgreSQL with all that makes a commit durable: an acknowledged write must survive whatever comes. */
  static async open(): Promise<Stage> {
    const dataDir = mkdtempSync(join(tmpdir(), 'baton-chaos-'));
    return new Stage(await startPostgres({ dataDir }), await startRedis(), dataDir, await MailServer.open(0));
  }

  readonly sql: Sql = async <Row extends object>(query: string, parameters: unknown[] = []) => {
    const client = new pg.Client(this.postgres.url());
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(query, parameters)).rows;
    } finally {
      await client.end();
    }
  };

  get urls(): string[] {
    return this.nodes.map(({ url }) => url);
  }

  /** The clock of every second node is ten minutes off. */
  async startNodes(count: number, seed: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const ways: Ways = {
        postgres: await Proxy.to(this.postgres.port, await freePort(), seed + index),
        redis: await Proxy.to(this.redis.port, await freePort(), seed + 100 + index),
      };
      this.ways.push(ways);
      const database = new URL(this.postgres.url());
      database.port = String(ways.postgres.port);
      const environment = { DATABASE_URL: database.href, REDIS_URL: `redis://127.0.0.1:${ways.redis.port}`, SMTP_URL: this.mail.url };
      this.nodes.push(new Node(await freePort(), environment, index % 2 === 1 ? tenMinutes : 0));
    }
    await Promise.all(this.nodes.map((node) => node.start()));
  }

  /** Call before what makes the clients of a token, or all of them, reload. */
  expectReloads(token: string | null): void {
    this.reloadReasons.push({ at: monotonicMs(), token });
  }

  /** Backs the database up. The answer stops all nodes, restores it and starts them again. */
  async backUp(): Promise<() => Promise<void>> {
    const folder = mkdtempSync(join(tmpdir(), 'baton-chaos-'));
    this.#folders.push(folder);
    const path = join(folder, 'chaos.backup');
    await runTool('backup', [path], this.postgres.url());
    return async () => {
      this.expectReloads(null);
      await Promise.all(this.nodes.map((node) => node.end('SIGTERM')));
      await runTool('restore', [path, '--replace'], this.postgres.url());
      await Promise.all(this.nodes.map((node) => node.revive()));
    };
  }

  /** A fault of the ways of all nodes. */
  eachWay(act: (way: Proxy) => void): void {
    for (const { postgres, redis } of this.ways) for (const way of [postgres, redis]) act(way);
  }

  /** Cuts a share of the clients off, of which a draw decides; they come back by themselves after so many milliseconds. */
  cut(draw: Draw, share: number, awayMs = 0): void {
    for (const half of this.halves) half.say({ kind: 'cut', seed: draw.seed(), share, awayMs });
  }

  stall(draw: Draw, share: number, ms: number): void {
    for (const half of this.halves) half.say({ kind: 'stall', seed: draw.seed(), share, ms });
  }

  async restartPostgres(end: 'fast' | 'crash'): Promise<void> {
    const { port, pid } = this.postgres;
    if (end === 'crash') process.kill(pid, 'SIGQUIT');
    await this.postgres.stop();
    this.postgres = await startPostgres({ dataDir: this.dataDir, port });
  }

  async restartRedis(meanwhile: () => Promise<void>): Promise<void> {
    const { port } = this.redis;
    await this.redis.stop();
    await meanwhile();
    this.redis = await startRedis({ port });
  }

  /** Makes a synchronous standby; the answer kills the primary and lets the standby take its place. */
  async prepareFailover(): Promise<() => Promise<void>> {
    const dataDir = mkdtempSync(join(tmpdir(), 'baton-chaos-'));
    this.#folders.push(dataDir);
    const standby = await standbyOf(this.postgres, this.dataDir, dataDir);
    return async () => {
      this.expectReloads(null);
      process.kill(this.postgres.pid, 'SIGKILL');
      await this.postgres.stop();
      this.postgres = standby;
      this.dataDir = dataDir;
      await this.sql('select pg_promote()');
      for (const { postgres } of this.ways) postgres.leadTo(standby.port);
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.halves.map((half) => half.stop()));
    await Promise.all(this.nodes.map((node) => node.end('SIGKILL')));
    this.eachWay((way) => way.close());
    await this.mail.close();
    await this.redis.stop();
    await this.postgres.stop();
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }
}
