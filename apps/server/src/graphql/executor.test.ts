import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  execute,
  GraphQLID,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
  type ExecutionResult,
} from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../testing/world.ts';
import { Executor } from './executor.ts';

let world: World;
let boss: Person;
let guest: Person;

beforeAll(async () => {
  world = await World.open();
  boss = await world.person('OWNER');
  guest = await world.person('GUEST');
  await world.ticket({ subject: 'A printer', assigneeId: boss.id });
  await world.ticket({ subject: 'A scanner' });
});
afterAll(() => world.close());

/** What a query answers when it is asked for the first time, and so interpreted, and when it was compiled. */
async function bothWays(person: Person, query: string, variables: object = {}): Promise<readonly [string, string]> {
  // Each time a document of its own: clients that ask in other words are other documents.
  const own = `${query} #${crypto.randomUUID()}`;
  const answers = [];
  for (let time = 0; time < 3; time++) {
    const { data, errors } = await person.ask(own, variables);
    // Where in the document it was matters to no program.
    answers.push(JSON.stringify({ data, errors: errors?.map((error) => ({ ...error, locations: undefined })) }));
  }
  const [interpreted = '', , compiled = ''] = answers;
  return [interpreted, compiled];
}

const LIST = `query ($filter: TicketFilterInput!, $first: Int! = 1, $with: Boolean! = false) {
  tickets(filter: $filter, order: NUMBER, first: $first) { edges { node { __typename number subject @include(if: $with) assignee @skip(if: $with) { id name } } } } }`;

it.each<[string, string, object]>([
  ['a filter that holds filters', LIST, { filter: { any: [{ text: 'printer' }, { none: [{ unassigned: true }] }] } }],
  ['defaults of variables', LIST, { filter: {} }],
  ['fields to be left out', LIST, { filter: {}, first: 2, with: true }],
  ['a variable that is missing', LIST, {}],
  ['a variable of another type', LIST, { filter: { categories: ['NOWHERE'] }, first: 'x' }],
  ['a variable that nobody knows', LIST, { filter: { nothing: 1 } }],
  ['a refusal', LIST, { filter: {}, first: 0 }],
  ['a fault of a part alone', '{ a: tickets(filter: {}, order: NUMBER, first: 0) { totalCount } viewer { member { name } } }', {}],
  ['names of one’s own', '{ one: viewer { member { id } } two: viewer { member { name } } __typename }', {}],
  [
    'fragments',
    `{ viewer { member { ...Who ...Who } } } fragment Who on Member { id ...Named } fragment Named on Member { name initials: name }`,
    {},
  ],
  ['one of several types', 'query ($id: ID!) { node(id: $id) { id ... on Ticket { subject } } }', { id: crypto.randomUUID() }],
  ['what is not the viewer’s to ask', '{ securityLog(first: 5) { edges { node { kind } } } }', {}],
])('answers the same when it was compiled: %s', async (_, query, variables) => {
  for (const person of [boss, guest]) {
    const [interpreted, compiled] = await bothWays(person, query, variables);

    expect(compiled).toBe(interpreted);
  }
});

it('answers every query of the pages as before, compiled or not', async () => {
  const operations = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../web/src/lib/graphql/generated/operations.json'), 'utf8'),
  ) as Record<string, string>;
  const queries = Object.values(operations).filter((text) =>
    parse(text).definitions.some((definition) => definition.kind === 'OperationDefinition' && definition.operation === 'query'),
  );
  expect(queries.length).toBeGreaterThan(30);

  const differing: string[] = [];
  for (const query of queries) {
    const [interpreted, compiled] = await bothWays(boss, query, {
      number: 1,
      filter: {},
      first: 5,
      order: 'NUMBER',
      ticketId: 'x',
      id: 'x',
    });
    if (interpreted !== compiled) differing.push(`${query.slice(0, 60)}: ${interpreted} and then ${compiled}`);
  }

  expect(differing).toEqual([]);
});

it('loses as much of an answer as the interpreter where a part of it fails, and says why', async () => {
  // Each part fails at once, later, by an answer of nothing where there must be one, or not at all.
  const failures: Readonly<Record<string, () => unknown>> = {
    throws: () => {
      throw new Error('at once');
    },
    rejects: () => Promise.reject(new Error('later')),
    isNothing: () => null,
    isNothingLater: () => Promise.resolve(null),
    isThere: () => 'x',
    isThereLater: () => Promise.resolve('x'),
  };
  const thing: GraphQLObjectType = new GraphQLObjectType({
    name: 'Thing',
    fields: () => ({
      id: { type: new GraphQLNonNull(GraphQLID), resolve: () => '1' },
      ...Object.fromEntries(
        Object.entries(failures).flatMap(([name, resolve]) => [
          [name, { type: GraphQLString, resolve }],
          [`${name}NonNull`, { type: new GraphQLNonNull(GraphQLString), resolve }],
        ]),
      ),
      one: { type: thing, resolve: () => ({}) },
      must: { type: new GraphQLNonNull(thing), resolve: () => Promise.resolve({}) },
      list: { type: new GraphQLList(thing), resolve: () => [{}, {}] },
      mustList: { type: new GraphQLList(new GraphQLNonNull(thing)), resolve: () => Promise.resolve([{}, {}]) },
    }),
  });
  const schema = new GraphQLSchema({ query: thing });
  const executor = new Executor(schema);
  const differing: string[] = [];
  for (const name of Object.keys(failures)) {
    for (const leaf of [name, `${name}NonNull`]) {
      for (const way of ['one', 'must', 'list', 'mustList', 'one { must', 'list { one', 'mustList { mustList']) {
        const text = `{ id ${way} { id ${leaf} } ${way.includes('{') ? '}' : ''} }`;
        const document = parse(text);
        const interpreted = await execute({ schema, document });
        await executor.execute({ document, cost: 1 });
        const compiled = await executor.execute({ document, cost: 1 });
        const named = ({ errors = [] }: ExecutionResult) => errors.map(({ message, path }) => `${message} at ${path?.join('.')}`);
        const isSame =
          JSON.stringify(compiled.data) === JSON.stringify(interpreted.data) &&
          // Of a list that is lost whole the interpreter names the first fault; the others are true as well.
          named(interpreted).every((fault) => named(compiled).includes(fault)) &&
          named(interpreted).length > 0 === named(compiled).length > 0;
        if (!isSame) differing.push(`${text}: ${JSON.stringify(interpreted)} but compiled ${JSON.stringify(compiled)}`);
      }
    }
  }

  expect(differing).toEqual([]);
});
