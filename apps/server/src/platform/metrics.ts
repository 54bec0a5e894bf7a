import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Logger } from './logger.ts';
import { poolOf } from './orm.ts';
import type { Orms } from './orms.ts';

/** What a node serves at one moment. */
export interface LiveLoad {
  /** Open subscriptions. */
  readonly subscriptions: number;
  /** The position up to which the node has read the event log, by workspace. */
  readonly positions: ReadonlyMap<string, number>;
}

/** Operations that run or wait, and those that were refused for now, by code. */
interface InFlight {
  readonly running: number;
  readonly waiting: number;
  readonly refused: ReadonlyMap<string, number>;
}

export interface MetricSources {
  readonly orms: Orms;
  readonly inFlight: InFlight;
  readonly logger: Logger;
  /** Work that waits in the database: by queue name, an SQL query of the instants at which items became due. */
  readonly queues: Readonly<Record<string, string>>;
  /** Open sockets by path. */
  readonly sockets: () => Readonly<Record<string, number>>;
  readonly liveLoad: () => LiveLoad;
  readonly isRedisHealthy: () => boolean;
}

/** A count beyond this costs more than it tells. */
const maxCounted = 10_000;
/** Scrapes within this time share one set of queries. */
const cacheMs = 5000;

interface QueueState {
  readonly queue: string;
  readonly size: number;
  readonly oldest_seconds: number;
}

/** Measures a node for Prometheus. Labels name routes and queues, never rows, members or text that was received. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  #queueStates: Promise<readonly QueueState[]> = Promise.resolve([]);
  #readAt = -Infinity;

  constructor(private readonly sources: MetricSources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: 'baton_http_request_duration_seconds',
      help: 'Time from the request to the end of its response.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#gauge('baton_sockets', 'Open sockets.', ['path'], (gauge) => {
      for (const [path, count] of Object.entries(sources.sockets())) gauge.set({ path }, count);
    });
    this.#gauge('baton_subscriptions', 'Open subscriptions.', [], (gauge) => gauge.set(sources.liveLoad().subscriptions));
    this.#gauge('baton_event_readers', 'Workspaces whose event log this node reads.', [], (gauge) =>
      gauge.set(sources.liveLoad().positions.size),
    );
    this.#gauge('baton_event_reader_lag', 'Events that the slowest reader of this node has not read yet.', [], async (gauge) =>
      gauge.set(await this.#readerLag()),
    );
    this.#gauge('baton_redis_up', '1 while this node is connected to Redis, or needs none.', [], (gauge) =>
      gauge.set(sources.isRedisHealthy() ? 1 : 0),
    );
    this.#gauge('baton_database_connections', 'Connections of a pool, and work that waits for one.', ['pool', 'state'], (gauge) => {
      for (const [pool, orm] of Object.entries(sources.orms)) {
        const { totalCount, idleCount, waitingCount } = poolOf(orm);
        gauge.set({ pool, state: 'used' }, totalCount - idleCount);
        gauge.set({ pool, state: 'idle' }, idleCount);
        gauge.set({ pool, state: 'waiting' }, waitingCount);
      }
    });
    this.#gauge('baton_operations', 'Operations in progress, and operations that wait for their turn.', ['state'], (gauge) => {
      gauge.set({ state: 'running' }, sources.inFlight.running);
      gauge.set({ state: 'waiting' }, sources.inFlight.waiting);
    });
    new Counter({
      name: 'baton_operations_refused_total',
      help: 'Operations that were refused for now, by code. Clients send them again.',
      labelNames: ['code'],
      registers,
      collect() {
        this.reset();
        for (const [code, count] of sources.inFlight.refused) this.inc({ code }, count);
      },
    });
    this.#gauge('baton_queue_size', `Due items of a queue, up to ${maxCounted}.`, ['queue'], async (gauge) => {
      for (const { queue, size } of await this.#queues()) gauge.set({ queue }, size);
    });
    this.#gauge('baton_queue_oldest_seconds', 'How long the oldest due item of a queue has been due.', ['queue'], async (gauge) => {
      for (const { queue, oldest_seconds } of await this.#queues()) gauge.set({ queue }, oldest_seconds);
    });
  }

  /** Serves `/metrics` to callers with the token, and measures every response. */
  serve(http: FastifyInstance, token: string): void {
    http.addHook('onResponse', (request, reply, done) => {
      // The route as it was declared: a label never holds what a client sent.
      const route = request.routeOptions.url ?? 'unknown';
      this.#requests.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
      done();
    });
    http.get('/metrics', async (request, reply) => {
      if (!isSame(request.headers.authorization ?? '', `Bearer ${token}`)) {
        return reply.code(401).send({ error: 'Metrics require the header "Authorization: Bearer" with METRICS_TOKEN.' });
      }
      return reply.type(this.#registry.contentType).send(await this.#registry.metrics());
    });
  }

  #gauge(name: string, help: string, labelNames: readonly string[], collect: (gauge: Gauge) => void | Promise<void>): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        return collect(this);
      },
    });
  }

  async #readerLag(): Promise<number> {
    const { positions } = this.sources.liveLoad();
    if (positions.size === 0) return 0;
    const [row]: { lag: number | null }[] = await this.sources.orms.live.em.fork().execute(
      `select max(s.position - r.position)::float8 as lag
       from unnest(?::uuid[], ?::bigint[]) as r(workspace_id, position) join stream s using (workspace_id)`,
      [asArray(positions.keys()), asArray(positions.values())],
    );
    return Math.max(0, row?.lag ?? 0);
  }

  #queues(): Promise<readonly QueueState[]> {
    if (performance.now() - this.#readAt > cacheMs) {
      this.#readAt = performance.now();
      this.#queueStates = this.#readQueues().catch((error: unknown) => {
        // Without the database the other metrics are still useful.
        this.sources.logger.warn({ err: error }, 'queues could not be measured, retrying with the next scrape');
        return [];
      });
    }
    return this.#queueStates;
  }

  #readQueues(): Promise<QueueState[]> {
    const parts = Object.entries(this.sources.queues).map(
      ([queue, due]) => `select '${queue}' as queue, count(*)::int as size,
        coalesce(extract(epoch from now() - min(due_at)), 0)::float8 as oldest_seconds
        from (${due} limit ${maxCounted}) as due(due_at)`,
    );
    return this.sources.orms.live.em.fork().execute(parts.join(' union all '));
  }
}

function asArray(values: Iterable<string | number>): string {
  return `{${[...values].join(',')}}`;
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
