import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import type { Desk } from './desk.ts';
import { serveFiles } from './domains/attachments/api/index.ts';
import type { FileLimits } from './domains/attachments/index.ts';
import { serveGraphql } from './graphql/graphql-server.ts';
import { OperationGate } from './graphql/operation-gate.ts';
import { serveSingleSignOn } from './graphql/single-sign-on.ts';
import { serveSockets } from './graphql/socket-door.ts';
import { serveGraphiql } from './platform/graphiql.ts';
import { VirusScanner } from './platform/files/virus-scanner.ts';
import { createHttpServer } from './platform/http-server.ts';
import type { Logger } from './platform/logger.ts';
import { Metrics } from './platform/metrics.ts';
import { queues } from './queues.ts';
import { makeClientSchema, makeSchema } from './schema.ts';

export interface App {
  readonly http: FastifyInstance;
  close(): Promise<void>;
}

type AppConfig = Pick<Config, 'publicUrl' | 'graphiql' | 'introspection' | 'trustedProxies'> & {
  readonly fileLimits?: FileLimits;
  readonly clamd?: Config['clamd'];
  readonly singleSignOn?: Config['singleSignOn'];
  readonly socketsPerPerson?: number;
  readonly metricsToken?: Config['metricsToken'];
  /** Where the built pages are; null for a server of the API alone. */
  readonly pagesPath: string | null;
};

const usualLimits: FileLimits = { mostBytes: 25 * 1_048_576, refused: [] };

/** The doors of a node: pages, GraphQL over HTTP and sockets for members and for clients, the explorer, and health. */
export async function openApp(desk: Desk, config: AppConfig, logger: Logger): Promise<App> {
  const http = await createHttpServer(config, logger);
  const { publicUrl, graphiql, introspection, pagesPath, trustedProxies, socketsPerPerson = 0 } = config;
  const gate = new OperationGate({
    ownOperations: pagesPath === null ? null : readOperations(pagesPath),
    openToBrowsers: graphiql,
    introspection,
  });
  const { live, limits, clock } = desk;
  const shared = { live, clock, logger, publicUrl, limits, socketsPerPerson, trustedProxies };
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
      orm: desk.orm,
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
  http.get('/readyz', async (_request, reply) => {
    const database = await desk.orm.isConnected();
    const redis = desk.pubSub.healthy();
    // Without Redis a node is slower, not broken: it finds the changes of other nodes within a second.
    return reply
      .code(database ? 200 : 503)
      .send({ ready: database, degraded: !redis, database, redis, droppedMessages: desk.pubSub.dropped });
  });
  return {
    http,
    async close() {
      // Sockets first: the server waits for what is open.
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
