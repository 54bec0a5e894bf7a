import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, Kind, parse, print, specifiedRules, validate, visit } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp, type App } from '../app.ts';
import { createLogger } from '../platform/logger.ts';
import { Browser } from '../testing/browser.ts';
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
      await expect(stream.begun()).rejects.toThrow('the subscription failed');

      expect(response.status).toBe(400);
      expect(body.data).toBeUndefined();
      expect(body.errors?.[0]?.message).not.toMatch(/on our side/);
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

  it('tells nobody its schema', async () => {
    const program = await post('{ __schema { types { name } } }', { authorization: `Bearer ${agent.secret}` });
    const type = await post('{ __type(name: "Note") { name } }', { authorization: `Bearer ${agent.secret}` });

    for (const { body } of [program, type]) expect(body.errors).toMatchObject([{ extensions: { code: 'INTROSPECTION_DISABLED' } }]);
  });
});

it('tells its schema to those who are signed in alone, over HTTP and over sockets', async () => {
  const ask = '{ __schema { queryType { name } } }';
  const mine = await agent.ask(ask);
  const nobodys = await new Browser(world).ask(ask);
  const stranger = world.seat(agent.member, 'baton_nobody', 0).follow(`query ${ask}`);

  expect(mine.data.__schema.queryType.name).toBe('Query');
  expect(nobodys.errors).toMatchObject([{ extensions: { code: 'INTROSPECTION_DISABLED' } }]);
  await expect(stranger.begun()).rejects.toThrow('signed in');
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
      '{ tickets(first: 100) { edges { node { id watchers { id teams { id } } notes { edges { node { id author { id teams { id name } } mentions { id teams { id name } } } } } } } } }';
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
