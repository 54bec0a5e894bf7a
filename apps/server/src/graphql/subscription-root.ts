import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FieldNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ASTVisitor,
} from 'graphql';

/** Every selection on the root of an operation, also those in fragments. */
function* rootSelections(document: DocumentNode, { selections }: SelectionSetNode, seen = new Set<string>()): Iterable<SelectionNode> {
  for (const selection of selections) {
    yield selection;
    if (selection.kind === Kind.INLINE_FRAGMENT) yield* rootSelections(document, selection.selectionSet, seen);
    if (selection.kind !== Kind.FRAGMENT_SPREAD || seen.has(selection.name.value)) continue;
    seen.add(selection.name.value);
    for (const definition of document.definitions) {
      if (definition.kind !== Kind.FRAGMENT_DEFINITION || definition.name.value !== selection.name.value) continue;
      yield* rootSelections(document, definition.selectionSet, seen);
    }
  }
}

/** The root field of a subscription. Validation ensures that there is one. */
export function subscriptionRoot(document: DocumentNode, definition: OperationDefinitionNode): FieldNode | undefined {
  for (const selection of rootSelections(document, definition.selectionSet)) if (selection.kind === Kind.FIELD) return selection;
  return undefined;
}

/** A subscription delivers one field for as long as it lasts, so nothing may leave that field out. */
export function unconditionalSubscriptionRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (node.operation !== OperationTypeNode.SUBSCRIPTION) return;
      for (const { directives = [] } of rootSelections(context.getDocument(), node.selectionSet)) {
        const conditional = directives.find(({ name: { value } }) => value === 'skip' || value === 'include');
        if (!conditional) continue;
        const name = conditional.name.value;
        context.reportError(
          new GraphQLError(`@${name} is not allowed on the root field of a subscription. Remove it, or do not subscribe.`, {
            nodes: conditional,
          }),
        );
      }
    },
  };
}
