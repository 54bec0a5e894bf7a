import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApolloServer, HeaderMap, type ApolloServerOptionsWithGateway, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import fastifyApollo from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import { GraphQLError, type DocumentNode, type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from '../kernel/clock.ts';
import { DomainError, NotPermitted } from '../kernel/domain-error.ts';
import type { Logger } from '../platform/logger.ts';
import { TooManyRequests, type RateLimits } from '../platform/rate-limits.ts';
import { Context, type ContextFactory, type LiveSources } from './context.ts';
import { errorFormatter } from './format-error.ts';
import { requestTransport, socketTransport, trustOf } from './http-transport.ts';
import { Documents } from './documents.ts';
import { Executor } from './executor.ts';
import { limitRules, maxTokens, pointsOf } from './limits.ts';
import type { OperationGate } from './operation-gate.ts';
import { askAgain, openLive } from './live-operation.ts';
import { SocketLink } from './socket-link.ts';

export interface GraphqlServerSettings {
  readonly schema: GraphQLSchema;
  readonly factory: ContextFactory;
  readonly live: LiveSources;
  readonly logger: Logger;
  /** Whose pages may open a socket with the cookie of a person: this origin and no other. */
  readonly publicUrl: string;
  readonly gate: OperationGate;
  readonly limits: RateLimits;
  readonly clock: Clock;
  /** As for requests: proxies that say truly where a socket came from. */
  readonly trustedProxies: readonly string[];
  /** Of one person or program at this node; 0 = any number. */
  readonly socketsPerPerson: number;
  /** Where it is served. */
  readonly path: string;
}

/** Takes a socket that asks to be opened, when it is for the door's path; answers whether it was. */
type SocketDoor = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

/** A schema at a path. */
export interface GraphqlDoor {
  readonly upgrade: SocketDoor;
  close(): Promise<void>;
}

const subscriptionsPerSocket = 100;
/** Twice this is how long somebody seems present whose machine went away without a word. */
const pingMs = 4000;

/** Serves a schema over HTTP; sockets, of graphql-transport-ws, come to it from `serveSockets`. */
export async function serveGraphql(app: FastifyInstance, settings: GraphqlServerSettings): Promise<GraphqlDoor> {
  const { schema, factory, live, logger, publicUrl, path } = settings;
  const secure = publicUrl.startsWith('https:');
  const format = errorFormatter(logger);
  const executor = new Executor(schema);
  const sockets = openSocketDoor(settings, executor);
  const apollo = new ApolloServer<Context>({
    gateway: runningBy(executor, schema),
    csrfPrevention: true,
    // The node stops as a whole, in an order of its own.
    stopOnTerminationSignals: false,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    // Who may see the schema is for the gate to say, the same over HTTP and over sockets.
    introspection: true,
    parseOptions: { maxTokens },
    validationRules: [...limitRules],
    formatError: (_formatted, error) => format(located(error)),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // Answers are private and not for caches; without it no field is looked at a second time.
      ApolloServerPluginCacheControlDisabled(),
      denialLog,
      gatekeeper(settings),
    ],
  });
  await apollo.start();
  await app.register(fastifyApollo(apollo), {
    path,
    context: (request, reply) => asRefusal(Context.open(requestTransport(request, reply, secure), factory, live)),
  });
  return {
    upgrade: sockets.upgrade,
    async close() {
      await sockets.close();
      await apollo.stop();
    },
  };
}

/** Leads sockets to the doors; what is for none, or comes from a page of somebody else's, is refused. */
export function serveSockets(app: FastifyInstance, doors: readonly GraphqlDoor[]): void {
  app.server.on('upgrade', (request: IncomingMessage, socket, head) => {
    if (!doors.some(({ upgrade }) => upgrade(request, socket, head))) socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
  });
}

/** The one way that Apollo has to leave the running of operations to somebody else. */
function runningBy(executor: Executor, schema: GraphQLSchema): ApolloServerOptionsWithGateway<Context>['gateway'] {
  return {
    onSchemaLoadOrUpdate(tell) {
      tell({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    load: async () => ({
      executor: ({ document, operationName, context, request: { variables } }) =>
        executor.execute({ document, operationName, contextValue: context, variableValues: variables }),
    }),
    stop: async () => undefined,
  };
}

/** Queries that are refused; mutations say it as data, where `ReturnsUserErrors` sees it. */
const denialLog: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async didEncounterErrors({ errors, contextValue }) {
        for (const { originalError, path: at } of errors) {
          if (originalError instanceof NotPermitted) await contextValue.denied(String(at?.[0] ?? ''));
        }
      },
    };
  },
};

/** Stands at HTTP's door; that of sockets asks the same. */
function gatekeeper(settings: GraphqlServerSettings): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ document, contextValue }) {
          await asRefusal(admit(settings, document, contextValue));
        },
      };
    },
  };
}

/** Lets an operation in, or throws why not. */
async function admit({ gate, limits }: GraphqlServerSettings, document: DocumentNode, context: Context): Promise<void> {
  await limits.countRequest(context.counted, pointsOf(document));
  const refusal = gate.refusal(document, context);
  if (refusal) throw refusal;
}

/** Over HTTP a refusal for asking too much has a status of its own, and says when to come back. */
async function asRefusal<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TooManyRequests)) throw error;
    const headers = new HeaderMap([['retry-after', String(error.seconds)]]);
    throw new GraphQLError(error.message, { extensions: { code: error.code, http: { status: 429, headers } } });
  }
}

type SocketExtra = Record<PropertyKey, unknown> & { readonly request: IncomingMessage; readonly socket: WebSocket };

/** What the hooks of one operation hand to each other: how to open its context, and where its results go. */
interface SocketOperation {
  /** A context for the one who asks, once the operation may be run for them. */
  readonly open: (document: DocumentNode) => Promise<Context>;
  readonly query: string;
  readonly id: string;
  readonly link: SocketLink;
}

function openSocketDoor(settings: GraphqlServerSettings, executor: Executor): GraphqlDoor {
  const { schema, factory, live, logger, publicUrl, path, clock } = settings;
  const people = new SocketsByPerson(settings.socketsPerPerson);
  const trust = trustOf(settings.trustedProxies);
  const secure = publicUrl.startsWith('https:');
  const format = errorFormatter(logger);
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  const documents = new Documents(schema);
  const links = new WeakMap<WebSocket, SocketLink>();
  server.on('connection', (socket: WebSocket, request) => {
    links.set(socket, new SocketLink(socket, request.socket));
    socket.once('close', () => people.leave(socket));
  });
  const running = useServer<Readonly<Record<string, unknown>>, SocketExtra>(
    {
      schema,
      // A document that cannot be read is an answer to who sent it, and no fault for which their socket is closed.
      onSubscribe(_context, _id, { query }) {
        try {
          documents.parse(query);
          return undefined;
        } catch (error) {
          if (error instanceof GraphQLError) return [error];
          throw error;
        }
      },
      parse: documents.parse,
      validate: (_schema, document) => documents.validate(document),
      connectionInitWaitTimeout: 10_000,
      // Clocks of machines differ; whoever counts down to an instant of ours wants to know by how much.
      onConnect: () => ({ now: clock().getTime() }),
      // A context for each operation: its rights and rows are its own. What goes wrong here would close the socket with a
      // code that clients do not come back from, so it is opened where the operation can be answered.
      context({ connectionParams, extra: { request, socket } }, id, { query }): SocketOperation {
        const link = links.get(socket);
        if (!link) throw new Error('an operation on a socket that was never opened');
        return {
          async open(document) {
            const opened = await Context.open(socketTransport(request, connectionParams, secure, trust), factory, live);
            await admit(settings, document, opened);
            people.take(opened.counted, socket);
            return opened;
          },
          query,
          id,
          link,
        };
      },
      async execute(args) {
        const { open } = args.contextValue as SocketOperation;
        try {
          return await executor.execute({ ...args, contextValue: await open(args.document) });
        } catch (error) {
          return { errors: [located(error)] };
        }
      },
      async subscribe(args) {
        const { open, query, id, link } = args.contextValue as SocketOperation;
        try {
          const context = await open(args.document);
          if (link.subscriptions >= subscriptionsPerSocket) return { errors: [tooManySubscriptions()] };
          return await openLive({ args, context, desk: live.desk, query, id, link });
        } catch (error) {
          if (error instanceof GraphQLError || error instanceof DomainError) return { errors: [located(error)] };
          logger.error({ err: error }, 'a subscription could not be opened; its client is told to ask again');
          return { errors: [askAgain()] };
        }
      },
      onError: (_context, _id, _payload, errors) => errors.map((error) => asError(format(error))),
      onNext: (_context, _id, _payload, _args, result) =>
        result.errors ? { ...result, errors: result.errors.map((error) => asError(format(error))) } : result,
    },
    server,
    pingMs,
  );
  return {
    upgrade(request, socket, head) {
      if (new URL(request.url ?? '/', 'http://localhost').pathname !== path || !sameOrigin(request, publicUrl)) return false;
      server.handleUpgrade(request, socket, head, (opened) => server.emit('connection', opened, request));
      return true;
    },
    async close() {
      await running.dispose();
    },
  };
}

/** How many sockets each has open here. */
class SocketsByPerson {
  readonly #sockets = new Map<string, Set<WebSocket>>();

  constructor(private readonly limit: number) {}

  /** Counts a socket as theirs; refuses one too many. */
  take(person: string, socket: WebSocket): void {
    const theirs = this.#sockets.get(person) ?? new Set();
    if (theirs.has(socket)) return;
    if (this.limit > 0 && theirs.size >= this.limit) {
      throw new GraphQLError(`You have ${this.limit} sockets open, which is the most there may be. Close a page or a program first.`, {
        extensions: { code: 'TOO_MANY_SOCKETS' },
      });
    }
    this.#sockets.set(person, theirs.add(socket));
  }

  leave(socket: WebSocket): void {
    for (const [person, theirs] of this.#sockets) if (theirs.delete(socket) && theirs.size === 0) this.#sockets.delete(person);
  }
}

function tooManySubscriptions(): GraphQLError {
  return new GraphQLError(`One socket carries at most ${subscriptionsPerSocket} subscriptions. End some, or open another socket.`, {
    extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
  });
}

/** Browsers name the page that opens a socket; programs do not, and bring no cookie that somebody else put there. */
function sameOrigin({ headers }: IncomingMessage, publicUrl: string): boolean {
  if (!headers.origin) return true;
  return headers.origin === publicUrl || new URL(headers.origin).host === headers.host;
}

function located(error: unknown): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error });
}

function asError({ message, extensions, path: at }: ReturnType<ReturnType<typeof errorFormatter>>): GraphQLError {
  return new GraphQLError(message, { extensions, path: at });
}
