import { getOperationAST, getVariableValues, GraphQLError, OperationTypeNode, type DocumentNode, type GraphQLSchema } from 'graphql';
import { cleanLiterals, cleanVariables, type Variables } from './clean-input.ts';
import { knownCostOf, type OperationCost } from './operation-cost.ts';

export interface OperationAsked {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Variables | null | undefined;
}

/** An operation as it is run, with clean input, and what it may cost. */
export interface OperationRead {
  readonly document: DocumentNode;
  readonly variables: Variables;
  readonly cost: OperationCost;
}

const free: OperationCost = { total: 0, path: '', pathCost: 0 };

/** Reads a validated operation, the same for each transport. Throws where its variables cannot be read. */
export function readOperation(schema: GraphQLSchema, asked: OperationAsked): OperationRead {
  const document = cleanLiterals(asked.document);
  const variables = cleanVariables(asked.variables);
  const operation = getOperationAST(document, asked.operationName);
  // Execution reports both: that the document has no such operation, and variables that do not fit.
  if (!operation) return { document, variables, cost: free };
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (!coerced) return { document, variables, cost: free };
  return { document, variables, cost: knownCostOf(schema, document, operation, coerced) };
}

/** A stream has no place in one HTTP response. */
export function requireNoSubscription({ document, operationName }: OperationAsked): void {
  if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.SUBSCRIPTION) return;
  throw new GraphQLError('Subscriptions run over WebSocket, with the protocol graphql-transport-ws, at this same path.', {
    extensions: { code: 'SUBSCRIPTION_NEEDS_SOCKET', http: { status: 400 } },
  });
}
