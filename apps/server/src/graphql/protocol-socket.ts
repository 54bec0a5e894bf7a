import type { IncomingMessage } from 'node:http';
import { CloseCode, MessageType, type Server } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import type { Logger } from '../platform/logger.ts';
import type { SocketLink } from './socket-link.ts';

export type SocketExtra = Record<PropertyKey, unknown> & { readonly request: IncomingMessage; readonly socket: WebSocket };

export interface ProtocolSocket {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly link: SocketLink;
  readonly logger: Logger;
  /** Time between pings, and time to answer one. */
  readonly pingMs: number;
}

/**
 * Runs graphql-transport-ws on one socket. The adapter of graphql-ws is not used: it prints every protocol violation of a
 * client to the console, closes the socket with internal error texts, and does not bound what it sends.
 */
export function speakProtocol(server: Server<SocketExtra>, { socket, request, link, logger, pingMs }: ProtocolSocket): void {
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (text) => link.sendText(text),
      close: (code, reason) => socket.close(code, reason),
      onMessage(handle) {
        socket.on('message', (data, isBinary) => {
          // The answer could not be sent any more, so nothing runs.
          if (socket.readyState !== socket.OPEN) return;
          if (isBinary) return socket.close(CloseCode.BadRequest, invalidMessage);
          handle(String(data)).catch((error: unknown) => closeAfter(error, { socket, data, logger }));
        });
      },
    },
    { socket, request },
  );
  // ws has already closed the socket with the code of the violation.
  socket.on('error', (error) => logger.debug({ reason: error.message }, 'client violated the WebSocket protocol'));
  const stopPings = keepPinging(socket, pingMs);
  socket.once('close', (code, reason) => {
    stopPings();
    closed(code, String(reason)).catch((error: unknown) => logger.error({ err: error }, 'closing a socket failed'));
  });
}

const invalidMessage = 'Invalid message received';
const serverMessages: ReadonlySet<unknown> = new Set([MessageType.ConnectionAck, MessageType.Next, MessageType.Error]);

interface FailedMessage {
  readonly socket: WebSocket;
  readonly data: RawData;
  readonly logger: Logger;
}

function closeAfter(error: unknown, { socket, data, logger }: FailedMessage): void {
  // The library throws on messages that only servers send.
  const { type } = JSON.parse(String(data)) as { type: unknown };
  if (serverMessages.has(type)) return socket.close(CloseCode.BadRequest, invalidMessage);
  logger.error({ err: error }, 'a socket message could not be handled, the socket is closed');
  socket.close(CloseCode.InternalServerError, 'Internal server error');
}

function keepPinging(socket: WebSocket, pingMs: number): () => void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, pingMs);
  return () => clearInterval(timer);
}
