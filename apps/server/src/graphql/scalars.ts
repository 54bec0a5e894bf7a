import { GraphQLError, GraphQLID, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTimeISO } from 'graphql-scalars';
import { isId } from '../kernel/id.ts';
import { cutText } from '../kernel/text.ts';

/** PostgreSQL and calendars accept more; no ticket needs it, and years of work on empty calendars are refused. */
const firstYear = 1900;
const lastYear = 2199;

/** An instant between the years 1900 and 2199. */
export const Instant = new GraphQLScalarType<Date, unknown>({
  ...GraphQLDateTimeISO.toConfig(),
  parseValue: (value) => inReach(GraphQLDateTimeISO.parseValue(value)),
  parseLiteral: (node, variables) => inReach(GraphQLDateTimeISO.parseLiteral(node, variables)),
});

function inReach(date: Date): Date {
  const year = date.getUTCFullYear();
  if (year >= firstYear && year <= lastYear) return date;
  throw new GraphQLError(`Invalid date: the year is ${year}. Allowed: ${firstYear} to ${lastYear}.`);
}

/**
 * The ID of the GraphQL specification, which here is always a UUID. It is written as PostgreSQL writes it, so that two
 * spellings of one ID are one key.
 */
export const Id = new GraphQLScalarType<string, unknown>({
  ...GraphQLID.toConfig(),
  parseValue: (value) => requireId(value),
  parseLiteral: (node) => requireId(node.kind === Kind.STRING || node.kind === Kind.INT ? node.value : node.kind),
});

function requireId(value: unknown): string {
  if (typeof value === 'string' && isId(value)) return value.toLowerCase();
  const given = typeof value === 'string' ? `"${cutText(value, 50)}"` : typeof value;
  throw new GraphQLError(`Invalid ID: ${given}. An ID is a UUID, such as "018f6a2e-5d4c-7b3a-9c1d-2e3f4a5b6c7d".`);
}
