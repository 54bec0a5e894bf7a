import { createHash } from 'node:crypto';
import { GraphQLError, Kind, parse, print, visit, type DocumentNode } from 'graphql';
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
  refusal(document: DocumentNode, { transport, isSignedIn }: Context): GraphQLError | null {
    const isProgram = transport.secret !== null && !transport.secret.startsWith('session_');
    if (this.#own && !isProgram && !this.#own.has(this.#keyOf(document))) {
      return refused('Browsers run the operations of the desk’s own pages alone. Use an access token for your own.', 'OPERATION_NOT_KNOWN');
    }
    if (asksForSchema(document) && !(this.settings.introspection && isSignedIn)) {
      return refused('The schema is told to those who are signed in, where the server allows it.', 'INTROSPECTION_DISABLED');
    }
    return null;
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

function asksForSchema(document: DocumentNode): boolean {
  return document.definitions.some((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) return false;
    return definition.selectionSet.selections.some(
      (selection) => selection.kind === Kind.FIELD && (selection.name.value === '__schema' || selection.name.value === '__type'),
    );
  });
}
