import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import type { Desk } from './desk.ts';
import { serveGraphql } from './graphql/graphql-server.ts';
import { OperationGate } from './graphql/operation-gate.ts';
import { serveSingleSignOn } from './graphql/single-sign-on.ts';
import { serveGraphiql } from './platform/graphiql.ts';
import { createHttpServer } from './platform/http-server.ts';
import type { Logger } from './platform/logger.ts';
import { makeSchema } from './schema.ts';

export interface App {
  readonly http: FastifyInstance;
  close(): Promise<void>;
}

type AppConfig = Pick<Config, 'publicUrl' | 'graphiql' | 'introspection' | 'trustedProxies'> & {
  readonly singleSignOn?: Config['singleSignOn'];
  /** Where the built pages are; null for a server of the API alone. */
  readonly pagesPath: string | null;
};

/** The doors of a node: pages, GraphQL over HTTP and sockets, the explorer, and health. */
export async function openApp(desk: Desk, config: AppConfig, logger: Logger): Promise<App> {
  const http = await createHttpServer(config, logger);
  const schema = await makeSchema(desk.signInDesk);
  const { publicUrl, graphiql, introspection, pagesPath } = config;
  const gate = new OperationGate({
    ownOperations: pagesPath === null ? null : readOperations(pagesPath),
    openToBrowsers: graphiql,
    introspection,
  });
  const stopGraphql = await serveGraphql(http, { schema, factory: desk.factory, live: desk.live, logger, publicUrl, gate });
  const { singleSignOn: provider } = config;
  if (provider) {
    serveSingleSignOn(http, { provider, publicUrl, logger, enter: (proven, origin) => desk.signInDesk.enterProven(proven, origin) });
  }
  if (graphiql) serveGraphiql(http);
  http.get('/healthz', () => ({ alive: true }));
  http.get('/readyz', async (_request, reply) => {
    const database = await desk.orm.isConnected();
    const redis = desk.pubSub.healthy();
    // Without Redis the desk is slower, not broken: each node finds changes by itself within a second.
    return reply.code(database ? 200 : 503).send({ ready: database, degraded: !redis, database, redis });
  });
  return {
    http,
    close: stopGraphql,
  };
}

/** The operations of the pages lie beside their handler. */
function readOperations(pagesPath: string): string[] | null {
  const path = join(dirname(pagesPath), 'operations.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as string[]) : null;
}
