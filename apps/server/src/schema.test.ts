import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isUnionType,
  Kind,
  parse,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const here = import.meta.dirname;
const schema = buildSchema(readFileSync(join(here, '../../../schema.graphql'), 'utf8'));
const clientSchema = buildSchema(readFileSync(join(here, '../client-schema.graphql'), 'utf8'));

/** Everything that a customer may read, by type. A field that is not listed here must not be in the client schema. */
const readable: Readonly<Record<string, string>> = {
  ClientMessage: 'at body files id mine',
  ClientMessageFile: 'id name size type',
  ClientMessageSendPayload: 'followUpUrl refusal sent',
  ClientRating: 'comment score',
  ClientRatingPayload: 'rating refusal',
  ClientTicket: 'createdAt fields history locale messages number rating readableUntil state stateSince subject workspace',
  ClientTicketEvent: 'at state',
  ClientTicketField: 'kind name values',
  Mutation: 'messageSend ratingGive',
  Query: 'ticket',
  Subscription: 'ticketChanged',
};

/** All types that can be reached from the root types, through fields, arguments, members and implementations. */
function reachable(from: GraphQLSchema): GraphQLNamedType[] {
  const found = new Set<GraphQLNamedType>();
  const visit = (type: GraphQLNamedType): void => {
    if (found.has(type)) return;
    found.add(type);
    if (isUnionType(type)) type.getTypes().forEach(visit);
    if (isInterfaceType(type)) from.getPossibleTypes(type).forEach(visit);
    if (isInputObjectType(type)) Object.values(type.getFields()).forEach((field) => visit(getNamedType(field.type)));
    if (!isObjectType(type) && !isInterfaceType(type)) return;
    type.getInterfaces().forEach(visit);
    for (const field of Object.values(type.getFields())) {
      visit(getNamedType(field.type));
      field.args.forEach((arg) => visit(getNamedType(arg.type)));
    }
  };
  for (const root of [from.getQueryType(), from.getMutationType(), from.getSubscriptionType()]) if (root) visit(root);
  return [...found];
}

const roots = new Set(['Query', 'Mutation', 'Subscription']);
const namesOf = (types: readonly GraphQLNamedType[]): string[] =>
  types.filter((type) => !isScalarType(type) && !roots.has(type.name)).map(({ name }) => name);

describe('the client schema', () => {
  it('consists of types that the agent schema does not have', () => {
    const agentTypes = new Set(Object.keys(schema.getTypeMap()));

    expect(namesOf(reachable(clientSchema)).filter((name) => agentTypes.has(name))).toEqual([]);
  });

  it('has no type that cannot be reached from its operations', () => {
    const all = Object.values(clientSchema.getTypeMap()).filter((type) => !isIntrospectionType(type));

    expect(namesOf(all).sort()).toEqual(namesOf(reachable(clientSchema)).sort());
  });

  it('contains exactly the fields that a customer may read', () => {
    const types = reachable(clientSchema).filter((type) => isObjectType(type) || isInterfaceType(type));
    const found = Object.fromEntries(types.map((type) => [type.name, Object.keys(type.getFields()).sort().join(' ')]));

    expect(found).toEqual(readable);
  });

  it('has only scalars and enums as leaves, and none that carries any JSON', () => {
    const leaves = reachable(clientSchema).filter((type) => isScalarType(type) || isEnumType(type));

    expect(
      leaves
        .filter(isScalarType)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['Boolean', 'DateTimeISO', 'Float', 'ID', 'Int', 'String']);
  });
});

/** The text of every string and template in a source file. What a template inserts is a name, or nothing. */
function textsOf(path: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    if (ts.isTemplateExpression(node)) {
      const parts = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
      texts.push(parts.join('inserted'), parts.join(' '));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest));
  return texts;
}

/** The root fields of a GraphQL document, with the kind of their operation; none for any other text. */
function rootFieldsOf(text: string): string[] {
  if (!text.includes('{')) return [];
  try {
    return parse(text, { noLocation: true }).definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? definition.selectionSet.selections.flatMap((selection) =>
            selection.kind === Kind.FIELD ? [`${definition.operation} ${selection.name.value}`] : [],
          )
        : [],
    );
  } catch {
    return [];
  }
}

describe('every operation', () => {
  it('is asked in a GraphQL document of a test besides the access matrix', () => {
    const files = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.test.ts') || path === join('testing', 'mirror.ts') || path === join('testing', 'browser.ts'),
    );
    const asked = new Set(files.flatMap((path) => textsOf(join(here, path)).flatMap(rootFieldsOf)));
    const operations = Object.entries({
      query: schema.getQueryType(),
      mutation: schema.getMutationType(),
      subscription: schema.getSubscriptionType(),
    }).flatMap(([kind, type]) => Object.keys(type?.getFields() ?? {}).map((name) => `${kind} ${name}`));

    expect(operations.filter((operation) => !asked.has(operation))).toEqual([]);
  });
});

/** Mutations that have nothing to refuse. */
const unrefused = new Set(['signOut', 'presenceSet', 'notificationsMarkRead']);

describe('every mutation', () => {
  it('returns a list of user errors, each of which has the fields of UserError', () => {
    const wrong: string[] = [];
    for (const [name, field] of Object.entries(schema.getMutationType()?.getFields() ?? {})) {
      if (unrefused.has(name)) continue;
      const payload = getNamedType(field.type);
      const errors = isObjectType(payload) ? payload.getFields().userErrors?.type : undefined;
      const items = isNonNullType(errors) && isListType(errors.ofType) ? errors.ofType.ofType : undefined;
      const union = isNonNullType(items) && isUnionType(items.ofType) ? items.ofType : undefined;
      const members = union?.getTypes() ?? [];
      const isSound = members.length > 0 && members.every((type) => type.getInterfaces().some((one) => one.name === 'UserError'));
      if (!isSound) wrong.push(name);
    }

    expect(wrong).toEqual([]);
  });
});
