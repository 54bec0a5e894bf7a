import { GraphQLError, type GraphQLErrorExtensions, type GraphQLFormattedError } from 'graphql';
import { DomainError } from '../kernel/domain-error.ts';
import { cutText } from '../kernel/text.ts';
import type { Logger } from '../platform/logger.ts';
import { isTokenLimit, maxTokens, tooLarge } from './limits.ts';

const tooManyTokens = `The document has more than ${maxTokens} tokens. Request less in one operation.`;

/** graphql-js quotes what it cannot read, however long it is. */
const longestMessage = 1000;

/** Lets refusals and faults of the request through, and shows everything else as one neutral line. */
export function errorFormatter(logger: Logger): (error: GraphQLError) => GraphQLFormattedError {
  return (error) => {
    const { message, locations, path } = error;
    const origin = error.originalError;
    if (origin instanceof DomainError)
      return { message: origin.message, extensions: { code: origin.code }, locations, path } as GraphQLFormattedError;
    if (!origin || origin instanceof GraphQLError) {
      if (isTokenLimit(error)) return { message: tooManyTokens, extensions: { code: tooLarge } };
      // Apollo replaces the code of a validation error by its own; ours says more.
      const code: unknown = origin?.extensions.code ?? error.extensions.code ?? 'BAD_USER_INPUT';
      return {
        message: cutText(message, longestMessage),
        extensions: { ...shownExtensions(error), code },
        locations,
        path,
      } as GraphQLFormattedError;
    }
    logger.error({ err: origin, path }, 'a resolver failed');
    return {
      message: 'Something went wrong on our side. Nothing was changed; try again.',
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
      path,
    } as GraphQLFormattedError;
  };
}

/** `http` is for the transport. Stack traces are never sent. */
function shownExtensions({ extensions: { http: _http, stacktrace: _stacktrace, ...shown } }: GraphQLError): GraphQLErrorExtensions {
  return shown;
}

/** Takes the names out of a message that the schema suggests in place of one that it does not know. */
export function withoutSuggestions<Shown extends { readonly message: string }>(error: Shown): Shown {
  return { ...error, message: error.message.replace(/ Did you mean [^?]*\?/g, '') };
}

/** An error in the form in which GraphQL hands errors to `errorFormatter`. */
export function located(error: unknown): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error });
}
