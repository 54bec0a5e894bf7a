import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit';
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { GraphQLError, type DocumentNode, type ValidationContext, type ValidationRule } from 'graphql';

/** The words of a document, after which the parser gives up. */
export const maxTokens = 2000;

/** Left to itself the library throws, which a server takes for a fault of its own. */
const reporting = {
  propagateOnRejection: false,
  // A fragment is no level of its own.
  flattenFragments: true,
  onReject: [
    (context: ValidationContext | null, { message }: GraphQLError) =>
      context?.reportError(
        new GraphQLError(`${message.replace('Syntax Error: ', '')} Ask for less at once.`, { extensions: { code: 'OPERATION_TOO_LARGE' } }),
      ),
  ],
};

const costs = new WeakMap<DocumentNode, number>();

/** What a validated document asks for. */
export function costOf(document: DocumentNode): number {
  return costs.get(document) ?? 0;
}

/** How many requests a validated document counts for: one, and one more for each thousand of its cost. */
export function pointsOf(document: DocumentNode): number {
  return 1 + Math.floor(costOf(document) / 1000);
}

/** What a document may ask for at most, over HTTP and over sockets. Refused before anything runs. */
export const limitRules = [
  maxDepthRule({ ...reporting, n: 10, ignoreIntrospection: true }),
  maxAliasesRule({ ...reporting, n: 15 }),
  maxDirectivesRule({ ...reporting, n: 50 }),
  // A field costs 1, a thing 2, and each level of depth half as much again.
  costLimitRule({
    ...reporting,
    // Half as much again as the dearest of the pages' own, the older part of a ticket's history.
    maxCost: 75_000,
    objectCost: 2,
    scalarCost: 1,
    depthCostFactor: 1.5,
    ignoreIntrospection: true,
    onAccept: [(context: ValidationContext | null, { n }: { n: number }) => void (context && costs.set(context.getDocument(), n))],
  }),
] as readonly ValidationRule[];
