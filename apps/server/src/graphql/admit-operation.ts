import type { DocumentNode } from 'graphql';
import type { Context } from './context.ts';
import { pointsOf } from './limits.ts';
import type { GraphqlServerSettings } from './server-settings.ts';

/** Counts an operation and checks that its caller may run it; throws a refusal. */
export async function admitOperation(
  { gate, limits }: Pick<GraphqlServerSettings, 'gate' | 'limits'>,
  document: DocumentNode,
  context: Context,
): Promise<void> {
  await limits.countRequest(context.counted, pointsOf(document));
  const refusal = gate.refusal(document, context);
  if (refusal) throw refusal;
}
