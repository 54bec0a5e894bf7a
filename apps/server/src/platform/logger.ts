import { pino, type Logger } from 'pino';

export type { Logger };

/** JSON lines on standard error; what is a secret never gets in. */
export function createLogger(level: string): Logger {
  return pino({ level, redact: ['req.headers.cookie', 'req.headers.authorization', '*.password', '*.token'] }, pino.destination(2));
}
