import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { GraphQLError, type ValidationContext, type ValidationRule } from 'graphql';
import type { OperationCost } from './operation-cost.ts';

/** Tokens of a document. The parser stops after them. */
export const maxTokens = 2000;
/** What one operation may cost: twice the most expensive page, the log of a ticket. */
export const costBudget = 25_000;

export const tooLarge = 'OPERATION_TOO_LARGE';

/** graphql-js reports its token limit as a syntax error. */
export function isTokenLimit({ message }: GraphQLError): boolean {
  return message.startsWith('Syntax Error: Document contains more tha');
}

/** Without a handler, graphql-armor throws, which a server reports as its own fault. */
const reporting = {
  propagateOnRejection: false,
  // A fragment is no level.
  flattenFragments: true,
  onReject: [
    (context: ValidationContext | null, { message }: GraphQLError) =>
      context?.reportError(
        new GraphQLError(`${message.replace('Syntax Error: ', '')} Request less in one operation.`, { extensions: { code: tooLarge } }),
      ),
  ],
};

/** What a document may contain, over HTTP and over sockets. */
export const limitRules = [
  maxDepthRule({ ...reporting, n: 10, ignoreIntrospection: true }),
  maxAliasesRule({ ...reporting, n: 15 }),
  maxDirectivesRule({ ...reporting, n: 50 }),
] as readonly ValidationRule[];

/** Refuses an operation that costs more than the budget. */
export function requireAffordable({ total, path, pathCost }: OperationCost): void {
  if (total <= costBudget) return;
  throw new GraphQLError(
    `The operation costs ${total} points; ${costBudget} are allowed. The most expensive path is ${path}, with ${pathCost}. ` +
      'Request smaller pages (first, last), or fewer lists inside of lists.',
    { extensions: { code: tooLarge, cost: total, budget: costBudget, path, http: { status: 400 } } },
  );
}

/** How many requests an operation counts for: one, and one more for each thousand of its cost. */
export function pointsOf({ total }: OperationCost): number {
  return 1 + Math.floor(total / 1000);
}
