// One server of the live benchmark, as a process of its own: raw ws, Apollo by its documentation, or Baton.
import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ApolloServer } from '@apollo/server';
import { buildSchema, type GraphQLObjectType } from 'graphql';
import { PubSub } from 'graphql-subscriptions';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { openApp } from '../src/app.ts';
import { openDesk } from '../src/desk.ts';
import { createLogger } from '../src/platform/logger.ts';
import { plainSchema, type Message } from './live-operation.ts';

const say = (message: Message) => process.send?.(message);
const publishers = new Set<(result: { data: { ticketsChanged: object } }) => void>();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

process.on('message', (message: Message) => {
  if (message.kind === 'publish') for (const publish of publishers) publish(message.result);
  if (message.kind !== 'usage') return;
  const { user, system } = process.cpuUsage();
  globalThis.gc?.();
  say({
    kind: 'usageIs',
    cpuMs: (user + system) / 1000,
    rssKiB: process.memoryUsage().rss / 1024,
    longestBlockMs: delay.max / 1e6,
    blockP99Ms: delay.percentile(99) / 1e6,
  });
  delay.reset();
});

/** The least there is: everybody gets the same bytes. Answers the handshake so that the same clients can come. */
async function serveRaw(): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' });
  const sockets = new Set<WebSocket>();
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      if (String(data).includes('connection_init')) socket.send('{"type":"connection_ack"}');
      else sockets.add(socket);
    });
    socket.on('close', () => sockets.delete(socket));
  });
  publishers.add((result) => {
    // With an operation's id as long as those of the others.
    const bytes = Buffer.from(JSON.stringify({ id: '1', type: 'next', payload: result }));
    for (const socket of sockets) socket.send(bytes, { binary: false });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as { port: number }).port;
}

/** As the documentation of Apollo Server has it: graphql-ws and an in-process PubSub. Nobody's rights are asked. */
async function serveApollo(): Promise<number> {
  const pubSub = new PubSub({ eventEmitter: new EventEmitter().setMaxListeners(0) });
  const schema = buildSchema(plainSchema);
  const field = (schema.getSubscriptionType() as GraphQLObjectType).getFields().ticketsChanged;
  if (field) field.subscribe = () => pubSub.asyncIterableIterator('TICKETS_CHANGED');
  const http = createServer();
  const apollo = new ApolloServer({ schema });
  await apollo.start();
  useServer({ schema }, new WebSocketServer({ server: http, path: '/graphql' }));
  publishers.add(({ data }) => void pubSub.publish('TICKETS_CHANGED', data));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return (http.address() as { port: number }).port;
}

async function serveBaton(): Promise<number> {
  const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '' } = process.env;
  const logger = createLogger('error');
  const desk = await openDesk({ databaseUrl, redisUrl, databasePool: 10, resumeDays: 7 }, logger);
  const app = await openApp(
    desk,
    { publicUrl: 'http://bench.test', graphiql: false, introspection: true, trustedProxies: [], pagesPath: null },
    logger,
  );
  await app.http.listen({ port: 0, host: '127.0.0.1' });
  desk.start();
  return (app.http.server.address() as { port: number }).port;
}

// A profile is written by a process that ends of itself.
process.on('SIGTERM', () => process.exit(0));

const serve = { raw: serveRaw, apollo: serveApollo, baton: serveBaton }[process.argv[2] ?? ''];
if (!serve) throw new Error('say which server: raw, apollo or baton');
say({ kind: 'ready', port: await serve() });
