import { GraphQLError, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { Executor, Operation } from './executor.ts';
import type { Context } from './context.ts';
import type { OperationsInFlight } from './operations-in-flight.ts';
import { refuseLater, refuseLaterAt } from './refuse-later.ts';
import { writtenObjects } from './written-objects.ts';

export interface Turns {
  readonly schema: GraphQLSchema;
  readonly executor: Executor;
  readonly inFlight: OperationsInFlight;
}

type OperationOfCaller = Operation & { readonly contextValue: Context };

/** Runs an operation when it is its turn. What cannot be done now becomes an error that says when to try again. */
export async function runInTurn({ schema, executor, inFlight }: Turns, operation: OperationOfCaller): Promise<ExecutionResult> {
  const { document, operationName, variableValues, contextValue, cost } = operation;
  try {
    const objects = writtenObjects(schema, {
      document,
      operationName,
      variables: variableValues ?? {},
      linked: contextValue.linkedTicketId,
    });
    const result = await inFlight.run({ caller: contextValue.counted, cost, objects }, () => executor.execute(operation));
    if (!result.errors) return result;
    return { ...result, errors: result.errors.map((error) => refuseLaterAt(inFlight, error)) };
  } catch (error) {
    const refusal = refuseLater(inFlight, error);
    if (refusal instanceof GraphQLError) return { errors: [refusal] };
    throw error;
  }
}
