/** SQLSTATE classes: connection exception, insufficient resources, operator intervention such as a restart. */
const outages = /^(08|53|57P)/;
const connectionErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
/** `pg` and its pool give these errors no code. */
const connectionMessages = /connection terminated|client has encountered a connection error|timeout exceeded when trying to connect/i;

/** Returns the SQLSTATE or system code of an error; an empty string if it has none. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** Whether the database was unreachable, restarting or out of connections, whatever was asked of it. */
export function isOutage(error: unknown): boolean {
  const code = codeOf(error);
  return outages.test(code) || connectionErrors.has(code) || (error instanceof Error && connectionMessages.test(error.message));
}

/** Canceled statement (`statement_timeout`), lock not available (`lock_timeout`), transaction that idled too long. */
const timeouts: ReadonlySet<string> = new Set(['57014', '55P03', '25P03']);

/** Whether PostgreSQL ended a statement or a transaction because of a time limit. */
export function isTimeout(error: unknown): boolean {
  return timeouts.has(codeOf(error));
}

/** Whether PostgreSQL ended a transaction for a deadlock or a serialization failure. Repeating it is safe. */
export function isConflict(error: unknown): boolean {
  return ['40P01', '40001'].includes(codeOf(error));
}

/** Makes the transaction start again: a row changed before it was locked, and other rows must be locked before it. */
export class LockedTooLate extends Error {
  readonly code = '40001';

  constructor() {
    super('A row changed while its transaction waited for it.');
  }
}
