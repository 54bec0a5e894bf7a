import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  getOperationAST,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSchema } from '../schema.ts';
import { World, type Person } from '../testing/world.ts';
import { costBudget } from './limits.ts';
import { costOf, knownCostOf, type OperationCost } from './operation-cost.ts';

const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../../../schema.graphql'), 'utf8'));
const ownOperations = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../web/src/lib/graphql/generated/operations.json'), 'utf8'),
) as string[];

function costed(query: string, variables: Record<string, unknown> = {}, of: GraphQLSchema = schema): OperationCost {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no single operation');
  return costOf(of, document, operation, variables);
}

interface Step {
  readonly type: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
}

/** The shortest way from the root to each object type, for a query that reaches every field of the schema. */
function waysToTypes(): Map<string, readonly Step[]> {
  const ways = new Map<string, readonly Step[]>();
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter((type) => !!type);
  let open = roots.map((type) => ({ type, way: [] as readonly Step[] }));
  for (const { type } of open) ways.set(type.name, []);
  while (open.length > 0) {
    open = open.flatMap(({ type, way }) =>
      Object.values(type.getFields()).flatMap((field) => {
        const target = getNamedType(field.type);
        const possible = isCompositeType(target) ? (isObjectType(target) ? [target] : [...schema.getPossibleTypes(target)]) : [];
        return possible
          .filter(({ name }) => !ways.has(name))
          .map((found) => {
            const next = [...way, { type, field }];
            ways.set(found.name, next);
            return { type: found, way: next };
          });
      }),
    );
  }
  return ways;
}

const ways = waysToTypes();

function argumentsOf(args: readonly GraphQLArgument[], given: string): string {
  const required = args
    .filter((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined)
    .map((arg) => `${arg.name}: ${literalOf(arg)}`);
  const all = [...required, ...(given ? [given] : [])];
  return all.length > 0 ? `(${all.join(', ')})` : '';
}

function literalOf({ type }: GraphQLArgument): string {
  const named = getNamedType(type);
  if (isListType(getNullableType(type))) return '[]';
  if (isEnumType(named)) return named.getValues()[0]?.name ?? '';
  return (
    { Int: '1', Float: '1', Boolean: 'true', String: '"x"', ID: `"${crypto.randomUUID()}"`, DateTimeISO: '"2026-01-01T00:00:00Z"' }[
      named.name
    ] ?? '{}'
  );
}

/** An operation that selects one field, with arguments and a selection for it. */
function operationFor(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>, given: string, selection: string): string {
  const way = ways.get(type.name) ?? [];
  let inner = `${field.name}${argumentsOf(field.args, given)} ${selection}`;
  let within = type;
  for (const step of [...way].reverse()) {
    const target = getNamedType(step.field.type);
    if (!isObjectType(target)) inner = `... on ${within.name} { ${inner} }`;
    inner = `${step.field.name}${argumentsOf(step.field.args, '')} { ${inner} }`;
    within = step.type;
  }
  const kind = within === schema.getMutationType() ? 'mutation' : within === schema.getSubscriptionType() ? 'subscription' : 'query';
  return `${kind} ($n: Int) { ${inner} }`;
}

const fields = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type) && !type.name.startsWith('__') && ways.has(type.name))
  .flatMap((type) => Object.values((type as GraphQLObjectType).getFields()).map((field) => ({ type: type as GraphQLObjectType, field })));

const connections = fields.filter(({ field }) => field.args.some(({ name }) => name === 'first' || name === 'last'));
const plainLists = fields.filter(
  ({ type, field }) =>
    isListType(getNullableType(field.type)) &&
    isCompositeType(getNamedType(field.type)) &&
    !(field.name === 'edges' && type.name.endsWith('Connection')),
);

describe('the cost of an operation', () => {
  it('finds the lists of the schema', () => {
    expect(connections.length).toBeGreaterThan(12);
    expect(plainLists.length).toBeGreaterThan(100);
  });

  it.each(connections.map(({ type, field }) => [`${type.name}.${field.name}`, type, field] as const))(
    'counts a page by what is asked for, however it is asked: %s',
    (_, type, field) => {
      const size = field.args.find(({ name }) => name === 'first' || name === 'last');
      const cost = (given: string, variables: Record<string, unknown> = {}) =>
        costed(operationFor(type, field, given, '{ edges { node { __typename } } }'), variables).total;
      const without = cost(`${size?.name}: 0`);

      // A page size of the schema's own counts as if it were written.
      expect(cost('')).toBe(cost(`${size?.name}: ${String(size?.defaultValue)}`));
      expect(cost(`${size?.name}: 100`)).toBeGreaterThanOrEqual(without + 100);
      expect(cost(`${size?.name}: $n`, { n: 100 })).toBe(cost(`${size?.name}: 100`));
      expect(cost(`${size?.name}: $n`, { n: 7 })).toBe(cost(`${size?.name}: 7`));
      expect(cost(`${size?.name}: $n`)).toBe(cost(`${size?.name}: 100`));
    },
  );

  it('counts every plain list as several objects', () => {
    const tooCheap = plainLists.filter(({ type, field }) => {
      const whole = costed(operationFor(type, field, '', '{ __typename }'));
      const other = Object.values(type.getFields()).find(({ type: one }) => !isCompositeType(getNamedType(one)));
      const bare = other ? costed(operationFor(type, other, '', '')).total : 0;
      return whole.total < bare + 2;
    });

    expect(tooCheap.map(({ type, field }) => `${type.name}.${field.name}`)).toEqual([]);
  });

  it('is the product of lists inside of lists, and is less than two points for a node of few fields', () => {
    const nested = (size: number) =>
      costed('query ($n: Int) { tickets(first: $n) { edges { node { id activity(last: $n) { edges { node { id type } } } } } } }', {
        n: size,
      });

    expect(nested(100).total).toBeGreaterThan(10_000);
    expect(nested(100).total).toBeLessThan(20_000);
    expect(nested(10).total).toBeLessThan(200);
    expect(nested(100).path).toBe('tickets.edges.node.activity.edges.node');
  });

  it('counts once what two fragments both select, and nothing that is skipped', () => {
    const twice = costed(
      '{ ...A ...B } fragment A on Query { tickets { edges { node { id } } } } fragment B on Query { tickets { edges { node { id } } } }',
    );
    const once = costed('{ tickets { edges { node { id } } } }');
    const skipped = 'query ($with: Boolean!) { members { id } tickets @include(if: $with) { edges { node { id } } } }';

    expect(twice.total).toBe(once.total);
    expect(costed(skipped, { with: false }).total).toBe(costed('{ members { id } }').total);
    expect(costed(skipped).total).toBe(costed(skipped, { with: true }).total);
  });

  it('of every operation of the pages is within the budget, even with pages of the largest size', () => {
    for (const text of ownOperations) {
      const { total, path } = costed(text);
      expect(total, `${text.slice(0, 60)}: ${path}`).toBeLessThanOrEqual(costBudget / 2);
    }
  });
});

describe('an operation over the API', () => {
  let world: World;
  let guest: Person;

  beforeAll(async () => {
    world = await World.open();
    guest = await world.person('GUEST');
  });
  afterAll(() => world.close());

  const LIST = `query ($n: Int!) { ${Array.from(
    { length: 12 },
    (_, index) => `a${index}: tickets(first: $n) { edges { node { id activity(last: $n) { edges { node { id } } } } } }`,
  ).join(' ')} }`;

  async function post(query: string, variables: object) {
    const response = await fetch(`http://${world.node(0).url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${guest.secret}` },
      body: JSON.stringify({ query, variables }),
    });
    return { response, body: (await response.json()) as { errors?: { extensions: object }[]; extensions?: object; data?: unknown } };
  }

  it('that costs more than the budget is refused with its most expensive path, over HTTP and over sockets', async () => {
    const { response, body } = await post(LIST, { n: 100 });
    const stream = guest.follow(LIST, { n: 100 });
    await expect(stream.begun()).rejects.toThrow('costs');

    expect(response.status).toBe(400);
    expect(body.errors).toMatchObject([
      {
        message: expect.stringMatching(/costs 13\d{4} points; 25000 are allowed.*a\d+\.edges\.node\.activity/),
        extensions: { code: 'OPERATION_TOO_LARGE', cost: expect.any(Number), budget: 25_000, path: 'a0.edges.node.activity.edges.node' },
      },
    ]);
    expect(response.headers.get('x-operation-budget')).toBe('25000');
  });

  it('says what it cost and what it may cost, in the answer and in headers', async () => {
    const { response, body } = await post(LIST, { n: 5 });
    const overSocket = guest.follow(LIST, { n: 5 });
    await overSocket.begun();

    expect(response.status).toBe(200);
    expect(body.extensions).toEqual({ cost: { total: Number(response.headers.get('x-operation-cost')), budget: 25_000 } });
    expect(Number(response.headers.get('x-operation-cost'))).toBeGreaterThan(12 * 25);
  });

  it('is refused if it asks for many reports, while each operation of the pages is within the budget', async () => {
    const report = `slaReport(from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z") { metric met breached }`;
    const many = await post(`{ ${Array.from({ length: 14 }, (_, index) => `a${index}: ${report}`).join(' ')} }`, {});
    const one = await post(`{ ${report} }`, {});
    const withHints = await makeSchema(world.desk);
    const dear = ownOperations.filter((text) => costed(text, {}, withHints).total > costBudget);

    expect(many).toMatchObject({ response: { status: 400 }, body: { errors: [{ extensions: { code: 'OPERATION_TOO_LARGE' } }] } });
    expect(Number(one.response.headers.get('x-operation-cost'))).toBeGreaterThan(4000);
    expect(one.body.errors?.[0]?.extensions).not.toMatchObject({ code: 'OPERATION_TOO_LARGE' });
    expect(dear).toEqual([]);
  });

  it('costs the same with the page sizes of the schema written out', async () => {
    const short = '{ tickets(first: 100) { edges { node { messages { edges { node { id } } } notes { edges { node { id } } } } } } }';
    const long =
      '{ tickets(first: 100) { edges { node { messages(last: 50) { edges { node { id } } } notes(last: 50) { edges { node { id } } } } } } }';
    const [a, b] = [await post(short, {}), await post(long, {})];

    expect(a.body.errors).toBeUndefined();
    expect(b.body.extensions).toEqual(a.body.extensions);
  });
});

it('is remembered for the page sizes and conditions of an operation, and for no others', () => {
  const document = parse(`query ($n: Int!, $notes: Boolean!, $text: String) {
    tickets(first: $n, filter: {}) { edges { node { subject ...N @include(if: $notes) } } }
    search(text: $text, first: 1) { edges { cursor } }
  }
  fragment N on Ticket { notes(last: $n) { edges { node { body } } } }`);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no single operation');
  const variables = [1, 7, 100].flatMap((n) => [true, false].map((notes) => ({ n, notes, text: String(n) })));

  for (let round = 0; round < 2; round++)
    for (const one of variables) expect(knownCostOf(schema, document, operation, one)).toEqual(costOf(schema, document, operation, one));
  const [first, other] = ['a', 'b'].map((text) => knownCostOf(schema, document, operation, { n: 7, notes: true, text }));
  expect(other).toBe(first);
});
