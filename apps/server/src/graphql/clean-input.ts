import { GraphQLError, Kind, visit, type DocumentNode } from 'graphql';
import { cleanText } from '../kernel/text.ts';

/** Deeper than any filter; readers of deeper values would run out of stack. */
const deepestVariables = 64;

export type Variables = Readonly<Record<string, unknown>>;

/** Variables with every text in them clean. Refuses what nests too deeply. */
export function cleanVariables(variables: Variables | null | undefined): Variables {
  return cleanValue(variables ?? {}, 0) as Variables;
}

function cleanValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > deepestVariables) {
    throw new GraphQLError(`The variables nest more than ${deepestVariables} levels deep. Send a flatter value.`, {
      extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
    });
  }
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cleanValue(item, depth + 1)]));
}

const cleaned = new WeakMap<DocumentNode, DocumentNode>();

/** The document with every text in it clean; the same object where all are. */
export function cleanLiterals(document: DocumentNode): DocumentNode {
  const known = cleaned.get(document);
  if (known) return known;
  const clean = visit(document, {
    [Kind.STRING]: (node) => {
      const value = cleanText(node.value);
      return value === node.value ? undefined : { ...node, value };
    },
  });
  cleaned.set(document, clean);
  return clean;
}
