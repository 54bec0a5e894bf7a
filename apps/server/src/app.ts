import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import type { Desk } from './desk.ts';
import { serveFiles } from './domains/attachments/api/index.ts';
import type { FileLimits } from './domains/attachments/index.ts';
import { serveGraphql } from './graphql/graphql-server.ts';
import { OperationGate } from './graphql/operation-gate.ts';
import { OperationsInFlight } from './graphql/operations-in-flight.ts';
import { serveSingleSignOn } from './graphql/single-sign-on.ts';
import { serveSockets } from './graphql/socket-door.ts';
import { serveGraphiql } from './platform/graphiql.ts';
import { VirusScanner } from './platform/files/virus-scanner.ts';
import { createHttpServer } from './platform/http-server.ts';
import type { Logger } from './platform/logger.ts';
import { Metrics } from './platform/metrics.ts';
import { queues } from './queues.ts';
import { OpenRequests } from './platform/open-requests.ts';
import { makeClientSchema, makeSchema } from './schema.ts';

export interface App {
  readonly http: FastifyInstance;
  readonly inFlight: OperationsInFlight;
  close(): Promise<void>;
}

type AppConfig = Pick<Config, 'publicUrl' | 'graphiql' | 'introspection' | 'trustedProxies'> & {
  readonly fileLimits?: FileLimits;
  readonly clamd?: Config['clamd'];
  readonly singleSignOn?: Config['singleSignOn'];
  readonly socketsPerPerson?: number;
  readonly metricsToken?: Config['metricsToken'];
  readonly socketsPerAddress?: number;
  readonly socketInitSeconds?: number;
  readonly operationsPerPerson?: number;
  readonly writesPerTicket?: number;
  readonly operationWaitSeconds?: number;
  readonly shutdownDelaySeconds?: number;
  readonly drainSeconds?: number;
  /** Where the built pages are; null for a server of the API alone. */
  readonly pagesPath: string | null;
};

const usualLimits: FileLimits = { mostBytes: 25 * 1_048_576, refused: [], workspaceBytes: 0 };

/** The doors of a node: pages, GraphQL over HTTP and sockets for members and for clients, the explorer, and health. */
export async function openApp(desk: Desk, config: AppConfig, logger: Logger): Promise<App> {
  const requests = new OpenRequests();
  const http = await createHttpServer({ ...config, requests }, logger);
  const { publicUrl, graphiql, introspection, pagesPath, trustedProxies } = config;
  const { socketsPerPerson = 0, socketsPerAddress = 0, socketInitSeconds = 10, shutdownDelaySeconds = 0, drainSeconds = 0 } = config;
  const gate = new OperationGate({
    ownOperations: pagesPath === null ? null : readOperations(pagesPath),
    openToBrowsers: graphiql,
    introspection,
  });
  const { live, limits, clock } = desk;
  const { operationsPerPerson = 0, writesPerTicket = 0, operationWaitSeconds = 5 } = config;
  const inFlight = new OperationsInFlight({ operationsPerPerson, writesPerTicket, maxWaitMs: operationWaitSeconds * 1000 }, logger);
  const socketLimits = { perPerson: socketsPerPerson, perAddress: socketsPerAddress };
  const shared = { live, clock, logger, publicUrl, limits, inFlight, socketLimits, socketInitMs: socketInitSeconds * 1000, trustedProxies };
  const members = await serveGraphql(http, {
    ...shared,
    path: '/graphql',
    schema: await makeSchema(desk),
    factory: desk.factory,
    gate,
  });
  // A door of its own: its schema knows nothing of what clients may not see, and no cookie opens it.
  const clients = await serveGraphql(http, {
    ...shared,
    path: '/client/graphql',
    schema: await makeClientSchema(desk),
    factory: desk.clientFactory,
    gate: new OperationGate({ ownOperations: null, openToBrowsers: true, introspection }),
  });
  const doors = [members, clients];
  if (config.metricsToken) {
    const metrics = new Metrics({
      orms: desk.orms,
      inFlight,
      logger,
      queues,
      sockets: () => Object.fromEntries(doors.map((door) => [door.path, door.count()])),
      liveLoad: () => live.desk.load,
      isRedisHealthy: () => desk.pubSub.healthy(),
    });
    metrics.serve(http, config.metricsToken);
  }
  serveSockets(http.server, doors, logger);
  const { factory, clientFactory, store } = desk;
  serveFiles(http, {
    factory,
    clientFactory,
    live,
    limits,
    store,
    allowed: { ...(config.fileLimits ?? usualLimits), scanner: config.clamd ? new VirusScanner(config.clamd) : null },
    secure: publicUrl.startsWith('https:'),
  });
  const { singleSignOn: provider } = config;
  if (provider) {
    serveSingleSignOn(http, { provider, publicUrl, logger, enter: (proven, origin) => desk.signInDesk.enterProven(proven, origin) });
  }
  if (graphiql) serveGraphiql(http);
  http.get('/healthz', () => ({ alive: true }));
  let stopping = false;
  http.get('/readyz', async (_request, reply) => {
    // Requests that hold all of their connections make a node slow, not unable to serve.
    const database = await desk.orms.live.isConnected();
    const redis = desk.pubSub.healthy();
    const ready = database && !stopping;
    // Without Redis a node is slower, not broken: it finds the changes of other nodes within a second.
    return reply.code(ready ? 200 : 503).send({ ready, stopping, degraded: !redis, database, redis, droppedMessages: desk.pubSub.dropped });
  });
  return {
    http,
    inFlight,
    async close() {
      stopping = true;
      requests.startDraining();
      // Load balancers notice that the node is not ready while it still answers.
      await delay(shutdownDelaySeconds * 1000);
      http.server.close();
      const deadlineMs = drainSeconds * 1000;
      const [unanswered] = await Promise.all([requests.drain(deadlineMs), ...doors.map((door) => door.drain(deadlineMs))]);
      if (unanswered > 0) logger.warn({ unanswered }, `requests took longer than ${drainSeconds} s and were cut off`);
      await Promise.all(doors.map((door) => door.close()));
      await http.close();
    },
  };
}

/** The operations of the pages lie beside their handler. */
function readOperations(pagesPath: string): string[] | null {
  const path = join(dirname(pagesPath), 'operations.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as string[]) : null;
}
