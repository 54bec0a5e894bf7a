import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, type ExecutionArgs } from 'graphql';
import { makeServer } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { DomainError } from '../kernel/domain-error.ts';
import type { Logger } from '../platform/logger.ts';
import { guarded, pathOf, refuseUpgrade } from '../platform/raw-socket.ts';
import { admitOperation, costShown } from './admit-operation.ts';
import { Context } from './context.ts';
import { Documents } from './documents.ts';
import type { Executor } from './executor.ts';
import { errorFormatter, located, withoutSuggestions } from './format-error.ts';
import { socketTransport, trustOf } from './http-transport.ts';
import { askAgain, openLive } from './live-operation.ts';
import { speakProtocol, type SocketExtra } from './protocol-socket.ts';
import type { OperationRead } from './read-operation.ts';
import type { GraphqlServerSettings } from './server-settings.ts';
import { SocketLink } from './socket-link.ts';

/** The sockets of one schema. */
export interface SocketDoor {
  readonly path: string;
  /** How many are open. */
  count(): number;
  /** Completes the handshake of an upgrade request, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

const subscriptionsPerSocket = 100;
/** A client that vanished without closing its socket counts as connected for at most twice this time. */
const pingMs = 4000;

/** Passes upgrade requests to the door of their path. */
export function serveSockets(http: HttpServer, doors: readonly SocketDoor[], logger: Logger): void {
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = pathOf(request.url);
    if (path === null) return refuseUpgrade(socket, 400);
    const door = doors.find((one) => one.path === path);
    if (!door) return refuseUpgrade(socket, 403);
    door.upgrade(request, socket, head);
  };
  http.on(
    'upgrade',
    guarded(logger, upgrade, (_request, socket) => socket.destroy()),
  );
}

interface SocketCaller {
  readonly connectionParams?: Readonly<Record<string, unknown>> | undefined;
  readonly extra: Pick<SocketExtra, 'request'>;
}

/** What the hooks of one operation hand to each other. */
interface SocketOperation {
  /** Resolves with the context of the caller, and the operation as it is run, if they may run it. */
  readonly open: (args: ExecutionArgs) => Promise<{ readonly context: Context; readonly read: OperationRead }>;
  readonly query: string;
  readonly id: string;
  readonly link: SocketLink;
}

export function openSocketDoor(settings: GraphqlServerSettings, executor: Executor): SocketDoor {
  const { schema, factory, live, logger, publicUrl, path, clock } = settings;
  const people = new SocketsByPerson(settings.socketsPerPerson);
  const trust = trustOf(settings.trustedProxies);
  const secure = publicUrl.startsWith('https:');
  const format = errorFormatter(logger);
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  const documents = new Documents(schema);
  const links = new WeakMap<WebSocket, SocketLink>();
  const openContext = ({ connectionParams, extra: { request } }: SocketCaller) =>
    Context.open(socketTransport(request, connectionParams, secure, trust), factory, live);
  const shownErrors = async (caller: SocketCaller, errors: readonly GraphQLError[]) => {
    const shown = errors.map(format);
    const isSuggesting = shown.some((error) => withoutSuggestions(error).message !== error.message);
    // A caller who cannot be looked up, as without a database, gets the errors without suggestions.
    const mayIntrospect = () =>
      openContext(caller)
        .then((context) => settings.gate.mayIntrospect(context))
        .catch(() => false);
    const isKept = !isSuggesting || (await mayIntrospect());
    return shown.map((error) => asError(isKept ? error : withoutSuggestions(error)));
  };
  const protocol = makeServer<Readonly<Record<string, unknown>>, SocketExtra>({
    schema,
    // A document that cannot be parsed is answered with an error; throwing here would close the socket.
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
    // Clients count down to instants of ours, and their clocks differ.
    onConnect: () => ({ now: clock().getTime() }),
    // Each operation has a context of its own. It is opened later: an exception here would close the socket with a code
    // after which clients do not reconnect.
    context({ connectionParams, extra: { request, socket } }, id, { query }): SocketOperation {
      const link = links.get(socket);
      if (!link) throw new Error('an operation on a socket that was never opened');
      return {
        async open({ document, operationName, variableValues }) {
          const opened = await openContext({ connectionParams, extra: { request } });
          const read = await admitOperation(settings, { document, operationName, variables: variableValues }, opened);
          people.take(opened.counted, socket);
          return { context: opened, read };
        },
        query,
        id,
        link,
      };
    },
    async execute(args) {
      const { open } = args.contextValue as SocketOperation;
      try {
        const { context, read } = await open(args);
        const { document, variables, cost } = read;
        const result = await executor.execute({ ...args, document, variableValues: variables, contextValue: context, cost: cost.total });
        return { ...result, extensions: { ...result.extensions, ...costShown(cost) } };
      } catch (error) {
        return { errors: [located(error)] };
      }
    },
    async subscribe(args) {
      const { open, query, id, link } = args.contextValue as SocketOperation;
      try {
        const { context, read } = await open(args);
        if (link.subscriptions >= subscriptionsPerSocket) return { errors: [tooManySubscriptions()] };
        const clean = { ...args, document: read.document, variableValues: read.variables };
        return await openLive({ args: clean, context, desk: live.desk, query, id, link });
      } catch (error) {
        if (error instanceof GraphQLError || error instanceof DomainError) return { errors: [located(error)] };
        logger.error({ err: error }, 'a subscription could not be opened, the client subscribes again');
        return { errors: [askAgain()] };
      }
    },
    onError: (context, _id, _payload, errors) => shownErrors(context, errors),
    onNext: async (context, _id, _payload, _args, result) =>
      result.errors ? { ...result, errors: await shownErrors(context, result.errors) } : result,
  });
  const accept = (socket: WebSocket, request: IncomingMessage) => {
    const link = new SocketLink(socket, request.socket);
    links.set(socket, link);
    socket.once('close', () => people.leave(socket));
    speakProtocol(protocol, { socket, request, link, logger, pingMs });
  };
  return {
    path,
    count: () => server.clients.size,
    upgrade(request, socket, head) {
      if (!isSameOrigin(request, publicUrl)) return refuseUpgrade(socket, 403);
      server.handleUpgrade(request, socket, head, (opened) => accept(opened, request));
    },
    async close() {
      for (const socket of server.clients) socket.close(1001, 'Going away');
      await new Promise<void>((resolve) => server.close(() => resolve()));
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

/** Browsers send the origin of the page that opens a socket. Programs send none, and no cookie of a browser. */
function isSameOrigin({ headers }: IncomingMessage, publicUrl: string): boolean {
  const { origin, host } = headers;
  return origin === undefined || origin === publicUrl || URL.parse(origin)?.host === host;
}

function asError({ message, extensions, path: at }: ReturnType<ReturnType<typeof errorFormatter>>): GraphQLError {
  return new GraphQLError(message, { extensions, path: at });
}
