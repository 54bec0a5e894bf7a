import { createHash } from 'node:crypto';
import { BREAK, GraphQLError, parse, print, visit, type DocumentNode } from 'graphql';
import type { Context } from './context.ts';

export interface GateSettings {
  /** The operations of the desk's own pages; null where there are none. */
  readonly ownOperations: readonly string[] | null;
  /** Whether browsers may ask anything else too, as the explorer does. */
  readonly openToBrowsers: boolean;
  readonly introspection: boolean;
}

/**
 * Who may ask what. A browser's session runs the operations of the desk's own pages and nothing else, so a page that is
 * tricked has little to ask with; programs bring a token and ask what they like, within the limits.
 */
export class OperationGate {
  readonly #own: ReadonlySet<string> | null;
  readonly #keys = new WeakMap<DocumentNode, string>();

  constructor(private readonly settings: GateSettings) {
    const { ownOperations, openToBrowsers } = settings;
    this.#own = ownOperations && !openToBrowsers ? new Set(ownOperations.map((text) => keyOf(parse(text)))) : null;
  }

  /** Why this document is not run for the one who asks; null where it is. */
  refusal(document: DocumentNode, context: Context): GraphQLError | null {
    if (this.#own && !isApiClient(context) && !this.#own.has(this.#keyOf(document))) {
      return refused(
        'Browsers may run the operations of the pages only. Send a valid access token to run your own.',
        'OPERATION_NOT_KNOWN',
      );
    }
    if (asksForSchema(document) && !this.mayIntrospect(context)) {
      return refused('Introspection is for signed-in callers, and only where the server enables it.', 'INTROSPECTION_DISABLED');
    }
    return null;
  }

  /** Whether the caller may learn names of the schema, by introspection or by suggestions in errors. */
  mayIntrospect({ isSignedIn }: Pick<Context, 'isSignedIn'>): boolean {
    return this.settings.introspection && isSignedIn;
  }

  #keyOf(document: DocumentNode): string {
    const key = this.#keys.get(document) ?? keyOf(document);
    this.#keys.set(document, key);
    return key;
  }
}

function refused(message: string, code: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
}

/** The same for a document however it is laid out; clients add `__typename` for their caches. */
function keyOf(document: DocumentNode): string {
  const bare = visit(document, {
    Field: ({ name, alias }) => (name.value === '__typename' && !alias ? null : undefined),
  });
  const parts = bare.definitions.map(print).sort();
  return createHash('sha256').update(parts.join('\n')).digest('base64');
}

/** A caller with an invalid token is no API client. */
function isApiClient({ isSignedIn, transport: { secret } }: Context): boolean {
  return isSignedIn && secret !== null && !secret.startsWith('session_');
}

/** Fields of introspection stand anywhere in a document: in fragments, and in fragments of fragments. */
function asksForSchema(document: DocumentNode): boolean {
  let isFound = false;
  visit(document, {
    Field({ name: { value } }) {
      isFound ||= value === '__schema' || value === '__type';
      return isFound ? BREAK : undefined;
    },
  });
  return isFound;
}
