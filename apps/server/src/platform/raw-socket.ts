import type { Duplex } from 'node:stream';
import type { Logger } from './logger.ts';

const reasons = { 400: 'Bad Request', 403: 'Forbidden', 429: 'Too Many Requests', 503: 'Service Unavailable' } as const;

export type RefusalStatus = keyof typeof reasons;

/** Answers an upgrade request with a status and closes the connection. */
export function refuseUpgrade(socket: Duplex, status: RefusalStatus): void {
  // HTTP servers keep the other half of a connection open, so `end` alone would wait for the client.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${reasons[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** The path of a request target, or null for a target that is malformed or names another host. */
export function pathOf(target: string | undefined): string | null {
  const base = 'http://localhost';
  const url = URL.parse(target ?? '', base);
  return url?.origin === base ? url.pathname : null;
}

/**
 * Wraps a raw event handler: an exception in an event listener ends the process, so it is logged and only the request
 * that caused it fails.
 */
export function guarded<Arguments extends unknown[]>(
  logger: Logger,
  handler: (...args: Arguments) => unknown,
  fail: (...args: Arguments) => void,
): (...args: Arguments) => void {
  return (...args) => {
    const onError = (error: unknown) => {
      logger.error({ err: error }, 'raw request handler failed, the request was dropped');
      fail(...args);
    };
    try {
      const result = handler(...args);
      if (result instanceof Promise) result.catch(onError);
    } catch (error) {
      onError(error);
    }
  };
}
