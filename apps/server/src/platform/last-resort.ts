import type { Logger } from './logger.ts';

/** Failures of one connection; nothing else in the process depends on it. */
const connectionFailures = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/**
 * Handles what no other code caught. A rejected promise or a failed connection leaves the state of the process intact, so
 * it keeps serving. After any other exception the state is unknown: `stop` ends the process for its supervisor to restart.
 */
export function handleUncaught(logger: Logger, stop: () => void): void {
  process.on('unhandledRejection', (reason) => {
    logger.error({ err: reason }, 'unhandled promise rejection, serving continues');
  });
  process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
    if (connectionFailures.has(error.code ?? '')) {
      logger.error({ err: error }, 'unhandled connection error, serving continues');
      return;
    }
    logger.fatal({ err: error }, 'uncaught exception, the process stops');
    stop();
  });
}
