import {
  getArgumentValues,
  getOperationAST,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

/** Input fields that name an object whose row a mutation locks. */
const lockedBy = ['ticketId', 'sourceId', 'destinationId', 'noteId', 'conversationId'];

/** Set with `@Extensions` of type-graphql on mutations that lock no shared row. */
interface QueueHints {
  readonly queued?: boolean;
}

interface WritingOperation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The ticket of the caller's public link; null for members. */
  readonly linked: string | null;
}

/** The IDs of the objects that an operation writes to, sorted; none for queries. */
export function writtenObjects(schema: GraphQLSchema, asked: WritingOperation): readonly string[] {
  const { document, operationName, variables, linked } = asked;
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.MUTATION) return [];
  const fields = schema.getMutationType()?.getFields() ?? {};
  const ids = rootFields(document, operation.selectionSet).flatMap((node) => {
    const field = fields[node.name.value];
    if (!field || (field.extensions as QueueHints).queued === false) return [];
    const { input } = getArgumentValues(field, node, variables) as { input?: Readonly<Record<string, unknown>> };
    return lockedBy.flatMap((name) => {
      const id = input?.[name];
      return typeof id === 'string' ? id.toLowerCase() : [];
    });
  });
  return [...new Set(linked ? [linked, ...ids] : ids)].sort();
}

function rootFields(document: DocumentNode, { selections }: SelectionSetNode): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return selection;
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFields(document, selection.selectionSet);
    const { value } = selection.name;
    const fragment = document.definitions.find((one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === value);
    return fragment && 'selectionSet' in fragment ? rootFields(document, fragment.selectionSet) : [];
  });
}
