import type { FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import type { Desk } from './desk.ts';
import { serveGraphql } from './graphql/graphql-server.ts';
import { serveGraphiql } from './platform/graphiql.ts';
import { createHttpServer } from './platform/http-server.ts';
import type { Logger } from './platform/logger.ts';
import { makeSchema } from './schema.ts';

export interface App {
  readonly http: FastifyInstance;
  close(): Promise<void>;
}

type AppConfig = Pick<Config, 'publicUrl' | 'graphiql' | 'trustedProxies'> & { readonly pagesPath: string | null };

/** The doors of a node: pages, GraphQL over HTTP and sockets, the explorer, and health. */
export async function openApp(desk: Desk, config: AppConfig, logger: Logger): Promise<App> {
  const http = await createHttpServer(config, logger);
  const schema = await makeSchema(desk.signInDesk);
  const stopGraphql = await serveGraphql(http, { schema, factory: desk.factory, live: desk.live, logger, publicUrl: config.publicUrl });
  if (config.graphiql) serveGraphiql(http);
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
