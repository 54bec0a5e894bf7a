import type { Context } from './context.ts';
import { costBudget, pointsOf, requireAffordable } from './limits.ts';
import type { OperationCost } from './operation-cost.ts';
import { readOperation, type OperationAsked, type OperationRead } from './read-operation.ts';
import type { GraphqlServerSettings } from './server-settings.ts';

/** Reads and counts an operation, and checks that its caller may run it; throws a refusal. */
export async function admitOperation(
  { schema, gate, limits }: Pick<GraphqlServerSettings, 'schema' | 'gate' | 'limits'>,
  asked: OperationAsked,
  context: Context,
): Promise<OperationRead> {
  const read = readOperation(schema, asked);
  context.cost = read.cost;
  await limits.countRequest(context.counted, pointsOf(read.cost));
  const refusal = gate.refusal(read.document, context);
  if (refusal) throw refusal;
  requireAffordable(read.cost);
  return read;
}

/** The `extensions` of an answer. */
export function costShown({ total }: OperationCost) {
  return { cost: { total, budget: costBudget } };
}
