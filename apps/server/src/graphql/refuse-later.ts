import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { RetryLater } from '../platform/retry-later.ts';
import type { OperationsInFlight } from './operations-in-flight.ts';

/** Counts a refusal for now, and gives it the form that is the same over HTTP and over sockets. Other errors stay as they are. */
export function refuseLater(inFlight: OperationsInFlight, error: unknown): unknown {
  const refusal = inFlight.count(error);
  return refusal ? asGraphqlError(refusal) : error;
}

/** As `refuseLater`, for an error of a result. */
export function refuseLaterAt(inFlight: OperationsInFlight, error: GraphQLError): GraphQLError {
  const refusal = error.originalError ? inFlight.count(error.originalError) : null;
  return refusal ? asGraphqlError(refusal, error) : error;
}

/** Over HTTP it has a status of its own, and says when to come back. */
function asGraphqlError({ message, code, status, seconds }: RetryLater, { nodes, path }: Partial<GraphQLError> = {}): GraphQLError {
  const headers = new HeaderMap([['retry-after', String(seconds)]]);
  return new GraphQLError(message, { nodes, path, extensions: { code, retryAfter: seconds, http: { status, headers } } });
}
