import {
  GraphQLError,
  GraphQLID,
  GraphQLList,
  GraphQLNonNull,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type GraphQLEnumType,
  type GraphQLSchema,
  type GraphQLType,
} from 'graphql';
import { parsePriority } from '@baton/rules';
import { Id } from './scalars.ts';

/**
 * Makes a built schema read IDs and priorities by Baton's rules. type-graphql knows no own scalar named ID and no aliases
 * of enum values, so both are put in place afterwards.
 */
export function withStrictInputs(schema: GraphQLSchema): GraphQLSchema {
  const types = schema.getTypeMap();
  for (const type of Object.values(types)) {
    if (isInputObjectType(type)) replaceIds(Object.values(type.getFields()));
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    const fields = Object.values(type.getFields());
    replaceIds(fields);
    for (const { args } of fields) replaceIds(args);
  }
  if (types.ID) types.ID = Id;
  if (isEnumType(types.Priority)) readPriorityAliases(types.Priority);
  return schema;
}

function replaceIds(typed: readonly { type: GraphQLType }[]): void {
  for (const one of typed) one.type = withId(one.type);
}

function withId(type: GraphQLType): GraphQLType {
  if (type === GraphQLID) return Id;
  if (isNonNullType(type)) return new GraphQLNonNull(withId(type.ofType) as never);
  if (isListType(type)) return new GraphQLList(withId(type.ofType));
  return type;
}

function readPriorityAliases(type: GraphQLEnumType): void {
  const read = (word: unknown) => {
    const priority = typeof word === 'string' ? parsePriority(word) : null;
    if (priority) return priority;
    throw new GraphQLError(`Invalid priority: ${JSON.stringify(word)}. Allowed: LOW, NORMAL or MEDIUM, HIGH, CRITICAL or URGENT.`);
  };
  type.parseValue = read;
  type.parseLiteral = (node) => read(node.kind === Kind.ENUM || node.kind === Kind.STRING ? node.value : null);
}
