import { ConfigFault, hidePassword } from './config.ts';
import { MigrationFailed, UnsuitableDatabase } from './desk.ts';

/** Why Baton did not start and what to do, in one message. Faults nobody foresaw are shown whole. */
export function explainStartFault(
  error: unknown,
  variables: Record<string, string | undefined>,
  summary = 'Baton could not start',
): string {
  if (error instanceof ConfigFault || error instanceof UnsuitableDatabase) return error.message;
  const { code, message } = rootCause(error);
  const database = hidePassword(variables.DATABASE_URL ?? '');
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${variables.PORT ?? 4000} is in use by another program. Stop that program, or choose another port: PORT=4001 npm start`;
    case 'EACCES':
      return `Port ${variables.PORT ?? 4000} may not be opened by this user. Choose one above 1023: PORT=4000 npm start`;
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'ETIMEDOUT':
    case 'EAI_AGAIN':
      return `A server that the configuration names cannot be reached (${message}). Check DATABASE_URL (${database})${variables.REDIS_URL ? ` and REDIS_URL (${hidePassword(variables.REDIS_URL)})` : ''}.`;
    case '28P01':
    case '28000':
      return `PostgreSQL refuses the user or password in DATABASE_URL (${database}). Correct them and start again.`;
    case '3D000':
      return `The database in DATABASE_URL (${database}) does not exist. Create it, or name another.`;
    case '53100':
    case 'ENOSPC':
      return 'The disk is full. Free some space and start again; nothing that was saved is lost.';
    case '42501':
      return `The user in DATABASE_URL (${database}) may not do what a migration needs (${message}). Grant it CREATE on the database.`;
    default:
      if (error instanceof MigrationFailed) return error.message;
      return `${summary}: ${error instanceof Error ? (error.stack ?? message) : String(error)}`;
  }
}

/** Drivers wrap what happened; the innermost code names it. */
function rootCause(error: unknown): { code: string | undefined; message: string } {
  let current = error as { code?: string; message?: string; cause?: unknown; errors?: unknown[] };
  const seen = new Set<unknown>();
  for (;;) {
    seen.add(current);
    const inner = (current.cause ?? current.errors?.[0]) as typeof current | undefined;
    if (!inner || typeof inner !== 'object' || seen.has(inner)) break;
    current = inner;
  }
  return { code: current.code, message: current.message ?? String(error) };
}
