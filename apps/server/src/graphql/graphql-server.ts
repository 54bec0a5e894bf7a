import type { IncomingMessage } from 'node:http';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import fastifyApollo from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import { execute, GraphQLError, type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { NotPermitted } from '../kernel/domain-error.ts';
import type { Logger } from '../platform/logger.ts';
import { Context, type ContextFactory, type LiveSources } from './context.ts';
import { errorFormatter } from './format-error.ts';
import { requestTransport, socketTransport } from './http-transport.ts';
import { Documents } from './documents.ts';
import { limitRules, maxTokens } from './limits.ts';
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
}

const path = '/graphql';
const subscriptionsPerSocket = 100;
/** Twice this is how long somebody seems present whose machine went away without a word. */
const pingMs = 4000;

/** Serves the schema at /graphql, over HTTP and over graphql-transport-ws. Call the answer to stop it and `app`. */
export async function serveGraphql(app: FastifyInstance, settings: GraphqlServerSettings): Promise<() => Promise<void>> {
  const { schema, factory, live, logger, publicUrl } = settings;
  const secure = publicUrl.startsWith('https:');
  const format = errorFormatter(logger);
  const sockets = serveSockets(app, settings);
  const apollo = new ApolloServer<Context>({
    schema,
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
    plugins: [ApolloServerPluginLandingPageDisabled(), denialLog, gatekeeper(settings.gate)],
  });
  await apollo.start();
  await app.register(fastifyApollo(apollo), {
    path,
    context: (request, reply) => Context.open(requestTransport(request, reply, secure), factory, live),
  });
  return async () => {
    await sockets();
    await app.close();
    await apollo.stop();
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

/** Stands at HTTP's door; that of sockets asks the same gate. */
function gatekeeper(gate: OperationGate): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ document, contextValue }) {
          const refusal = gate.refusal(document, contextValue);
          if (refusal) throw refusal;
        },
      };
    },
  };
}

type SocketExtra = Record<PropertyKey, unknown> & { readonly request: IncomingMessage; readonly socket: WebSocket };

/** What the hooks of one operation hand to each other: how to open its context, and where its results go. */
interface SocketOperation {
  readonly open: () => Promise<Context>;
  readonly query: string;
  readonly id: string;
  readonly link: SocketLink;
}

function serveSockets(
  app: FastifyInstance,
  { schema, factory, live, logger, publicUrl, gate }: GraphqlServerSettings,
): () => Promise<void> {
  const secure = publicUrl.startsWith('https:');
  const format = errorFormatter(logger);
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  const documents = new Documents(schema);
  const links = new WeakMap<WebSocket, SocketLink>();
  server.on('connection', (socket: WebSocket, request) => links.set(socket, new SocketLink(socket, request.socket)));
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
      // A context for each operation: its rights and rows are its own. What goes wrong here would close the socket with a
      // code that clients do not come back from, so it is opened where the operation can be answered.
      context({ connectionParams, extra: { request, socket } }, id, { query }): SocketOperation {
        const link = links.get(socket);
        if (!link) throw new Error('an operation on a socket that was never opened');
        return { open: () => Context.open(socketTransport(request, connectionParams, secure), factory, live), query, id, link };
      },
      async execute(args) {
        const { open } = args.contextValue as SocketOperation;
        try {
          const context = await open();
          const refusal = gate.refusal(args.document, context);
          return refusal ? { errors: [refusal] } : await execute({ ...args, contextValue: context });
        } catch (error) {
          return { errors: [located(error)] };
        }
      },
      async subscribe(args) {
        const { open, query, id, link } = args.contextValue as SocketOperation;
        try {
          const context = await open();
          const refusal = gate.refusal(args.document, context);
          if (refusal) return { errors: [refusal] };
          if (link.subscriptions >= subscriptionsPerSocket) return { errors: [tooManySubscriptions()] };
          return await openLive({ args, context, desk: live.desk, query, id, link });
        } catch (error) {
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
  app.server.on('upgrade', (request: IncomingMessage, socket, head) => {
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== path || !sameOrigin(request, publicUrl)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
      return;
    }
    server.handleUpgrade(request, socket, head, (opened) => server.emit('connection', opened, request));
  });
  return async () => {
    await running.dispose();
  };
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
