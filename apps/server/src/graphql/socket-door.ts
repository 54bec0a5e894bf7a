import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { GraphQLError, type ExecutionArgs } from 'graphql';
import { makeServer } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { DomainError } from '../kernel/domain-error.ts';
import type { Logger } from '../platform/logger.ts';
import { guarded, pathOf, refuseUpgrade } from '../platform/raw-socket.ts';
import { Overloaded, retryLaterOf } from '../platform/retry-later.ts';
import { admitOperation, costShown } from './admit-operation.ts';
import { Context } from './context.ts';
import { Documents } from './documents.ts';
import type { Executor } from './executor.ts';
import { errorFormatter, located, withoutSuggestions } from './format-error.ts';
import { addressOf, socketTransport, trustOf } from './http-transport.ts';
import { askAgain, openLive } from './live-operation.ts';
import { speakProtocol, type SocketExtra } from './protocol-socket.ts';
import type { OperationRead } from './read-operation.ts';
import { refuseLater } from './refuse-later.ts';
import { runInTurn } from './run-in-turn.ts';
import type { GraphqlServerSettings } from './server-settings.ts';
import { SocketLimits, type CountedSocket } from './socket-limits.ts';
import { SocketLink, slotsPerSocket } from './socket-link.ts';

/** The sockets of one schema. */
export interface SocketDoor {
  readonly path: string;
  /** How many are open. */
  count(): number;
  /** Completes the handshake of an upgrade request, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Refuses new sockets and closes each open one once its requests are answered; after the deadline all of them. */
  drain(deadlineMs: number): Promise<void>;
  close(): Promise<void>;
}

interface OpenedSocket {
  readonly link: SocketLink;
  readonly counted: CountedSocket;
}

/** "Service Restart": clients reconnect, to another node if there is one, and resume after their last position. */
const restarting = 1012;
/** A client that does not answer the close frame in this time is cut off. */
const closeMs = 2000;
const drainLookMs = 20;

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
  const { schema, factory, live, logger, publicUrl, path, clock, inFlight } = settings;
  const limits = new SocketLimits(settings.socketLimits);
  const trust = trustOf(settings.trustedProxies);
  const secure = publicUrl.startsWith('https:');
  const format = errorFormatter(logger);
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  const documents = new Documents(schema);
  const opened = new Map<WebSocket, OpenedSocket>();
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
    connectionInitWaitTimeout: settings.socketInitMs,
    // Clients count down to instants of ours, and their clocks differ.
    onConnect: () => ({ now: clock().getTime() }),
    // Each operation has its own context. It is opened later: an exception here would close the socket with a code
    // after which clients do not reconnect.
    context({ connectionParams, extra: { request, socket } }, id, { query }): SocketOperation {
      const { link, counted } = opened.get(socket) ?? {};
      if (!link) throw new Error('an operation on a socket that was never opened');
      return {
        async open({ document, operationName, variableValues }) {
          const context = await openContext({ connectionParams, extra: { request } });
          const read = await admitOperation(settings, { document, operationName, variables: variableValues }, context);
          if (context.isSignedIn) counted?.signIn(context.counted);
          return { context, read };
        },
        query,
        id,
        link,
      };
    },
    async execute(args) {
      const { open, link } = args.contextValue as SocketOperation;
      const release = link.requests.take();
      if (!release) return { errors: [tooManyOperations('queries and mutations')] };
      try {
        const { context, read } = await open(args);
        const { document, variables, cost } = read;
        const operation = { ...args, document, variableValues: variables, contextValue: context, cost: cost.total };
        const result = await runInTurn({ schema, executor, inFlight }, operation);
        return { ...result, extensions: { ...result.extensions, ...costShown(cost) } };
      } catch (error) {
        return { errors: [located(refuseLater(inFlight, error))] };
      } finally {
        release();
      }
    },
    async subscribe(args) {
      const { open, query, id, link } = args.contextValue as SocketOperation;
      const release = link.subscriptions.take();
      if (!release) return { errors: [tooManyOperations('subscriptions')] };
      let isOpen = false;
      try {
        const { context, read } = await open(args);
        const clean = { ...args, document: read.document, variableValues: read.variables };
        const result = await openLive({ args: clean, context, desk: live.desk, query, id, link, release });
        isOpen = !('errors' in result);
        return result;
      } catch (thrown) {
        const error = refuseLater(inFlight, thrown);
        // Every fault of the server in a stream has one code, whether the stream was open or not.
        if (retryLaterOf(thrown) instanceof Overloaded) return { errors: [askAgain()] };
        if (error instanceof GraphQLError || error instanceof DomainError) return { errors: [located(error)] };
        logger.error({ err: error }, 'a subscription could not be opened, the client subscribes again');
        return { errors: [askAgain()] };
      } finally {
        if (!isOpen) release();
      }
    },
    onError: (context, _id, _payload, errors) => shownErrors(context, errors),
    onNext: async (context, _id, _payload, _args, result) =>
      result.errors ? { ...result, errors: await shownErrors(context, result.errors) } : result,
  });
  const accept = (socket: WebSocket, request: IncomingMessage, counted: CountedSocket) => {
    const link = new SocketLink(socket, request.socket);
    opened.set(socket, { link, counted });
    socket.once('close', () => opened.delete(socket));
    speakProtocol(protocol, { socket, request, link, logger, pingMs });
  };
  let draining = false;
  return {
    path,
    count: () => server.clients.size,
    upgrade(request, socket, head) {
      if (draining) return refuseUpgrade(socket, 503);
      if (!isSameOrigin(request, publicUrl)) return refuseUpgrade(socket, 403);
      const counted = limits.open(addressOf(request, trust));
      if (!counted) return refuseUpgrade(socket, 429);
      socket.once('close', () => counted.leave());
      server.handleUpgrade(request, socket, head, (webSocket) => accept(webSocket, request, counted));
    },
    async drain(deadlineMs) {
      draining = true;
      const end = performance.now() + deadlineMs;
      while (opened.size > 0) {
        const isLate = performance.now() > end;
        for (const [socket, { link }] of opened) if (isLate || link.requests.areFree) socket.close(restarting, 'Service restart');
        if (performance.now() > end + closeMs) for (const socket of opened.keys()) socket.terminate();
        await delay(drainLookMs);
      }
    },
    close() {
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function tooManyOperations(what: string): GraphQLError {
  return new GraphQLError(`One socket carries at most ${slotsPerSocket} ${what} at a time. End some, or open another socket.`, {
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
