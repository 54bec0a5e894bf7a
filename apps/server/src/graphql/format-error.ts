import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { DomainError } from '../kernel/domain-error.ts';
import type { Logger } from '../platform/logger.ts';

/** Lets refusals and faults of the request through, and shows everything else as one neutral line. */
export function errorFormatter(logger: Logger): (error: GraphQLError) => GraphQLFormattedError {
  return (error) => {
    const { message, locations, path } = error;
    const origin = error.originalError;
    if (origin instanceof DomainError)
      return { message: origin.message, extensions: { code: origin.code }, locations, path } as GraphQLFormattedError;
    if (!origin || origin instanceof GraphQLError) {
      return { message, extensions: { code: error.extensions?.code ?? 'BAD_USER_INPUT' }, locations, path } as GraphQLFormattedError;
    }
    logger.error({ err: origin, path }, 'a resolver failed');
    return {
      message: 'Something went wrong on our side. Nothing was changed; try again.',
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
      path,
    } as GraphQLFormattedError;
  };
}

/** An error in the form in which GraphQL hands errors to `errorFormatter`. */
export function located(error: unknown): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error });
}
