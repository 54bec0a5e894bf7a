import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, Kind, parse, print, specifiedRules, validate, visit } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp, type App } from '../app.ts';
import { createLogger } from '../platform/logger.ts';
import { waitFor, World, type Person, type Reply } from '../testing/world.ts';
import { limitRules } from './limits.ts';

const generated = join(import.meta.dirname, '../../../web/src/lib/graphql/generated/operations.json');
const ownOperations = JSON.parse(readFileSync(generated, 'utf8')) as string[];

let world: World;
let agent: Person;

beforeAll(async () => {
  world = await World.open();
  agent = await world.person('AGENT', { name: 'Ada' });
});
afterAll(() => world.close());

const attacks: Readonly<Record<string, string>> = {
  'far too deep': `{ ticket(id: "x") { ${'activity { edges { node { actor { teams { id } } } } } '.repeat(1)} notes { edges { node { ${'author { teams { id } } '} mentions { teams { id name } } } } } } view(key: "open") { tickets { edges { node { activity { edges { node { changes { from { names { text locale } } } } } } } } } } }`,
  'many names for one field': `{ ${Array.from({ length: 16 }, (_, index) => `a${index}: members { id }`).join(' ')} }`,
  'many directives': `{ members { ${Array.from({ length: 51 }, () => 'id @include(if: true)').join(' ')} } }`,
  'more words than a person writes': `{ members { ${'id '.repeat(2100)} } }`,
  'wide and deep at once': `{ ${['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => `${name}: tickets(first: 100) { edges { node { id subject description status { id names { text locale } } tags { id name } watchers { id name teams { id name } } activity(last: 100) { edges { node { id type actor { id name teams { id name } } changes { field from { text names { text locale } } to { text names { text locale } } } } } } notes(last: 100) { edges { node { id body author { id name teams { id } } mentions { id name teams { id } } } } } } } }`).join(' ')} }`,
};

describe('a document that asks for too much', () => {
  for (const [what, document] of Object.entries(attacks)) {
    it(`is refused before it runs, over HTTP and over sockets: ${what}`, async () => {
      const response = await fetch(`http://${world.node(0).url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${agent.secret}` },
        body: JSON.stringify({ query: document }),
      });
      const body = (await response.json()) as Reply;
      const stream = agent.follow(document.replace('{', 'query {'));
      await expect(stream.begun()).rejects.toThrow(/Request (less|smaller)/);

      expect(response.status).toBe(400);
      expect(body.data).toBeUndefined();
      expect(body.errors?.map(({ extensions }) => extensions.code)).toContain('OPERATION_TOO_LARGE');
    });
  }

  it('does not come as a batch', async () => {
    const response = await fetch(`http://${world.node(0).url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Array.from({ length: 10 }, () => ({ query: '{ viewer { email } }' }))),
    });

    expect(response.status).toBe(400);
  });

  it('is none of the pages’ own', () => {
    const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../../../schema.graphql'), 'utf8'));
    for (const text of ownOperations) {
      // As the pages send it: their cache wants to know the type of everything.
      const sent = visit(parse(text), {
        SelectionSet: (node, _key, parent) =>
          parent && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION
            ? undefined
            : { ...node, selections: [...node.selections, { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }] },
      });
      expect(validate(schema, parse(print(sent), { maxTokens: 2000 }), [...specifiedRules, ...limitRules])).toEqual([]);
    }
  });
});

describe('a desk that is closed to other operations than its own', () => {
  let folder: string;
  let app: App;
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'baton-pages-'));
    writeFileSync(join(folder, 'operations.json'), JSON.stringify(ownOperations));
    const settings = {
      publicUrl: 'https://desk.test',
      graphiql: false,
      introspection: false,
      trustedProxies: [],
      pagesPath: join(folder, 'handler.js'),
    };
    app = await openApp(world.desk, settings, createLogger('silent'));
    await app.http.listen({ port: 0, host: '127.0.0.1' });
    url = `http://127.0.0.1:${(app.http.server.address() as { port: number }).port}`;
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  async function post(query: string, headers: Record<string, string> = {}, variables: object = {}) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    return { body: (await response.json()) as Reply, response };
  }

  it('lets a browser run those, however a client prints them, and a program what it likes', async () => {
    const own = ownOperations.find((text) => text.includes('mutation SignIn(')) ?? '';
    const signedIn = await post(
      own.replaceAll('userErrors {', 'userErrors { __typename'),
      {},
      { input: { email: 'ada@desk.test', password: 'correct horse' } },
    );
    const cookie = signedIn.response.headers.get('set-cookie')?.split(';')[0] ?? '';
    const free = await post('{ viewer { email } }', { cookie });
    const nobody = await post('{ viewer { email } }');
    const program = await post('{ viewer { email } }', { authorization: `Bearer ${agent.secret}` });

    expect(signedIn.body.data.signIn.userErrors).toEqual([]);
    expect(cookie).toMatch(/^__Host-baton_session=/);
    expect(signedIn.response.headers.get('set-cookie')).toMatch(/Secure/);
    expect(signedIn.response.headers.get('strict-transport-security')).toMatch(/max-age=31536000/);
    for (const { body, response } of [free, nobody]) {
      expect(response.status).toBe(400);
      expect(body.errors).toMatchObject([{ extensions: { code: 'OPERATION_NOT_KNOWN' } }]);
    }
    expect(program.body.data.viewer.email).toBe('ada@desk.test');
  });

  it('discloses its schema to no caller, wherever in a document it is asked for', async () => {
    for (const query of introspections) {
      const { body } = await post(query, { authorization: `Bearer ${agent.secret}` });
      expect(body.errors, query).toMatchObject([{ extensions: { code: 'INTROSPECTION_DISABLED' } }]);
      expect(body.data).toBeUndefined();
    }
  });

  it('takes an invalid token for no API client', async () => {
    for (const token of ['baton_x', 'session_x', 'x']) {
      const { body, response } = await post('{ viewer { email } }', { authorization: `Bearer ${token}` });
      expect(response.status).toBe(401);
      expect(body.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    }
  });

  it('suggests no names of its schema', async () => {
    const { body } = await post('{ ticketz { id } }', { authorization: `Bearer ${agent.secret}` });

    expect(body.errors?.[0]?.message).toBe('Cannot query field "ticketz" on type "Query".');
  });
});

const introspections = [
  '{ __schema { queryType { name } } }',
  '{ __type(name: "Ticket") { name } }',
  '{ ... { __schema { queryType { name } } } }',
  '{ ... on Query { ... { a: __type(name: "Ticket") { name } } } }',
  'query { ...A } fragment A on Query { ...B } fragment B on Query { __schema { queryType { name } } }',
  'query A { __typename } query B { ... @include(if: true) { __schema { queryType { name } } } }',
];

describe('a desk that discloses its schema', () => {
  const anonymous = (path: string, query: string, variables: object = {}) =>
    fetch(`http://${world.node(0).url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables, operationName: query.startsWith('query A') ? 'A' : undefined }),
    }).then((response) => response.json() as Promise<Reply>);

  it('does so to signed-in callers only, over HTTP, over sockets, and on the portal', async () => {
    const mine = await agent.ask(introspections[2] ?? '');

    expect(mine.data.__schema.queryType.name).toBe('Query');
    for (const query of introspections) {
      for (const path of ['/graphql', '/client/graphql']) {
        const { data, errors } = await anonymous(path, query.replace('"Ticket"', '"ClientTicket"'));
        expect(data, query).toBeUndefined();
        expect(errors, query).toMatchObject([{ extensions: { code: 'INTROSPECTION_DISABLED' } }]);
      }
      if (query.startsWith('query A')) continue;
      const stranger = world.seat(agent.member, 'baton_nobody', 0).follow(query.replace(/^\{/, 'query {'));
      await expect(stranger.begun()).rejects.toThrow(/signed-in callers|access token is unknown/);
    }
  });

  it('suggests names in errors to those callers only', async () => {
    const wrong = '{ ticketz { id } }';
    const withVariable = 'query ($filter: TicketFilterInput!) { tickets(filter: $filter) { totalCount } }';
    const stranger = world.seat(agent.member, 'baton_nobody', 0);

    expect(JSON.stringify(await agent.ask(wrong))).toContain('Did you mean');
    expect(JSON.stringify(await agent.ask(withVariable, { filter: { tagId: [] } }))).toContain('Did you mean');
    await expect(agent.follow(`query ${wrong}`).begun()).rejects.toThrow('Did you mean');
    const answers = [
      await anonymous('/graphql', wrong),
      await anonymous('/graphql', withVariable, { filter: { tagId: [] } }),
      await anonymous('/client/graphql', '{ tickets { number } }'),
    ];
    for (const answer of answers) {
      expect(answer.errors?.length).toBeGreaterThan(0);
      expect(JSON.stringify(answer)).not.toContain('Did you mean');
    }
    for (const query of [`query ${wrong}`, 'subscription { ticketChange(id: "x") { id } }']) {
      const refusal = await stranger.follow(query).begun().catch(String);
      expect(refusal).toContain('Cannot query field');
      expect(refusal).not.toContain('Did you mean');
    }
  });
});

describe('somebody who asks for more than one person can use', () => {
  let narrow: World;
  let hurried: Person;

  beforeAll(async () => {
    narrow = await World.open({ nodes: 2, redis: true, requestsPerMinute: 60, socketsPerPerson: 3 });
    hurried = await narrow.person('AGENT');
  });
  afterAll(() => narrow.close());

  it('is told to wait, whichever node is asked, and nobody else is', async () => {
    const other = await narrow.person('AGENT');
    const elsewhere = narrow.seat(hurried.member, hurried.secret, 1);
    const answers: Reply[] = [];
    for (let time = 0; time < 40; time++)
      answers.push(await hurried.ask('{ viewer { email } }'), await elsewhere.ask('{ viewer { email } }'));
    const response = await fetch(`http://${narrow.node(1).url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${hurried.secret}` },
      body: JSON.stringify({ query: '{ viewer { email } }' }),
    });
    const overSocket = hurried.follow('subscription { notificationsChanged { unreadCount } }');
    await waitFor(() => overSocket.faults.length > 0, 'a refusal');

    const refused = answers.filter(({ errors }) => errors?.[0]?.extensions.code === 'TOO_MANY_REQUESTS');
    expect(answers.length - refused.length).toBe(60);
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(overSocket.faults).toEqual([expect.stringMatching(/Wait \d+ s/)]);
    expect((await other.run('{ viewer { email } }')).viewer.email).toBe(other.member.email);
  });

  it('pays more for what costs more', async () => {
    const dear = await narrow.person('AGENT');
    const page =
      '{ tickets(first: 10) { edges { node { id watchers { id teams { id } } notes { edges { node { id author { id teams { id name } } mentions { id teams { id name } } } } } } } } }';
    let answered = 0;
    while ((await dear.ask(page)).data && answered < 60) answered += 1;

    expect(answered).toBeGreaterThan(0);
    expect(answered).toBeLessThan(60);
  });

  it('has no more sockets than a person needs', async () => {
    const many = await narrow.person('AGENT');
    const query = 'subscription { notificationsChanged { unreadCount } }';
    const open = [many.follow(query), many.follow(query), many.follow(query)];
    for (const stream of open) await stream.begun();

    await expect(many.follow(query).begun()).rejects.toThrow('You have 3 sockets open');
    open[0]?.close();
    await waitFor(async () => {
      const again = many.follow(query);
      await waitFor(() => again.received.length + again.faults.length > 0);
      return again.received.length > 0;
    }, 'room for another');
  });
});
