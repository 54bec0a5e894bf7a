import { DomainError } from '../kernel/domain-error.ts';
import { isConflict, isOutage, isTimeout } from './database-errors.ts';

/** A refusal that depends on the load of the moment: the same request can succeed later. Nothing was changed. */
export abstract class RetryLater extends DomainError {
  /** The HTTP status of the refusal. */
  abstract readonly status: 429 | 503;

  constructor(
    message: string,
    /** When to send the request again. */
    readonly seconds: number,
  ) {
    super(message);
  }
}

/** One caller asks for more than one caller may. */
export class TooManyRequests extends RetryLater {
  readonly code = 'TOO_MANY_REQUESTS';
  readonly status = 429;
}

/** The server or its database cannot do this now, whoever asks. */
export class Overloaded extends RetryLater {
  readonly code = 'OVERLOADED';
  readonly status = 503;
}

const retrySeconds = 2;

/** The refusal behind an error of the database that says nothing of the request; null for any other error. */
export function retryLaterOf(error: unknown): RetryLater | null {
  if (error instanceof RetryLater) return error;
  if (isTimeout(error) || isConflict(error)) {
    return new Overloaded(`The database did not finish this in time. Nothing was changed. Try again in ${retrySeconds} s.`, retrySeconds);
  }
  if (isOutage(error)) {
    return new Overloaded(`The database has no free connection, or cannot be reached. Try again in ${retrySeconds} s.`, retrySeconds);
  }
  return null;
}
