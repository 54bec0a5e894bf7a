import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../testing/browser.ts';
import { World, type Person, type Reply } from '../testing/world.ts';

let world: World;
let agent: Person;
let owner: Person;
let ticketId: string;

beforeAll(async () => {
  world = await World.open();
  agent = await world.person('AGENT', { name: 'Ada' });
  owner = await world.person('OWNER');
  const { id: requesterId } = await world.contact();
  ticketId = (await world.ticket({ assigneeId: agent.id, requesterId })).id;
});
afterAll(() => world.close());

const CREATE = `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { subject } userErrors { ... on UserError { code } } } }`;
const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { body } userErrors { ... on UserError { code } } } }`;

interface Answered {
  readonly status: number;
  readonly body: Reply & { readonly code?: string; readonly message?: string };
}

async function send(path: string, body: string | Buffer, headers: Record<string, string> = {}, method = 'POST'): Promise<Answered> {
  const response = await fetch(`http://${world.node(0).url}${path}`, {
    method,
    headers: { authorization: `Bearer ${agent.secret}`, 'content-type': 'application/json', ...headers },
    ...(method === 'GET' ? {} : { body }),
  });
  return { status: response.status, body: (await response.json()) as Answered['body'] };
}

function post(query: string, variables: unknown = {}, path = '/graphql'): Promise<Answered> {
  return send(path, JSON.stringify({ query, variables }));
}

describe('text', () => {
  it('is stored without NUL and broken characters, from a variable', async () => {
    const { ticketCreate } = await agent.run(CREATE, { input: { subject: 'Kettle\u0000 is \ud83d cold\udc00', internal: true } });
    const { noteAdd } = await agent.run(NOTE, { input: { ticketId, body: '<p>a\u0000b\ud800</p>' } });

    expect(ticketCreate).toEqual({ ticket: { subject: 'Kettle is cold' }, userErrors: [] });
    expect(noteAdd).toEqual({ note: { body: '<p>ab</p>' }, userErrors: [] });
  });

  it('is stored without NUL and broken characters, from a document', async () => {
    const query = String.raw`mutation { ticketCreate(input: { subject: "Kettle\u0000 is cold", internal: true }) { ticket { subject } } }`;

    expect((await agent.run(query)).ticketCreate.ticket.subject).toBe('Kettle is cold');
    expect((await agent.run(query)).ticketCreate.ticket.subject).toBe('Kettle is cold');
  });

  it('is stored in one form, whichever form the keyboard sent', async () => {
    const { ticketCreate } = await agent.run(CREATE, { input: { subject: 'Їжак'.normalize('NFD'), internal: true } });

    expect(ticketCreate.ticket.subject).toBe('Їжак'.normalize('NFC'));
  });

  it('does not break a sign-in, or a search', async () => {
    const anonymous = await new Browser(world).ask(
      `mutation ($input: SignInInput!) { signIn(input: $input) { userErrors { ... on UserError { code } } } }`,
      { input: { email: 'ada\u0000@desk.test\udc00', password: 'x\u0000' } },
    );
    const found = await agent.ask(`query ($text: String!) { search(text: $text) { edges { cursor } } }`, { text: 'a\u0000 \ud800' });

    expect(anonymous.errors).toBeUndefined();
    expect(found.errors).toBeUndefined();
  });

  it('reaches a subscription clean as well', async () => {
    const hostile = { fields: [{ fieldId: crypto.randomUUID(), values: ['a\u0000\ud800'] }] };
    const stream = agent.follow(`subscription ($filter: TicketFilterInput!) { ticketsChanged(filter: $filter) { kind ticketId } }`, {
      filter: { any: [hostile, { mine: true }] },
    });

    await expect(stream.begun()).resolves.toMatchObject({ ticketsChanged: { kind: 'HEARTBEAT' } });
  });

  it('of a customer on the public link is clean', async () => {
    const { ticketLinkOpen } = await owner.run(
      `mutation ($id: ID!) { ticketLinkOpen(input: { ticketId: $id }) { ticket { publicLink { url } } } }`,
      { id: ticketId },
    );
    const token = (ticketLinkOpen.ticket.publicLink.url as string).split('#')[1] ?? '';
    const sent = await send(
      '/client/graphql',
      JSON.stringify({
        query: `mutation ($input: ClientMessageSendInput!) { messageSend(input: $input) { sent refusal } }`,
        variables: { input: { id: crypto.randomUUID(), text: 'It\u0000 broke \ud83d' } },
      }),
      { authorization: `Bearer ${token}` },
    );

    expect(sent.body.data.messageSend).toEqual({ sent: true, refusal: null });
    const [message] = await world.sql<{ body: string }>('select body from message order by created_at desc limit 1');
    expect(message?.body).toBe('<p>It broke</p>');
  });
});

describe('the name of something', () => {
  const TEAM = `mutation ($name: String!) { teamCreate(input: { name: $name }) { team { name } userErrors { ... on UserError { code message } } } }`;

  it('loses characters that turn the direction of the text around it', async () => {
    const { teamCreate } = await owner.run(TEAM, { name: 'Sales \u202Egnp.exe\u202C \u2066x\u2069' });

    expect(teamCreate.team.name).toBe('Sales gnp.exe x');
  });

  it('is refused where nothing of it can be seen', async () => {
    for (const name of ['\u200b\u200d', '\u3164', '\u2800 \u00ad', '\u202e', '\ufeff']) {
      const { teamCreate } = await owner.run(TEAM, { name });
      expect(teamCreate.userErrors, JSON.stringify(name)).toMatchObject([{ code: 'INVALID_INPUT' }]);
    }
  });

  it('keeps joined emoji and marks of right-to-left text', async () => {
    const name = '👩‍🚒 خدمة\u200f 🇺🇦';

    expect((await owner.run(TEAM, { name })).teamCreate.team.name).toBe(name);
  });
});

describe('a request that cannot be read', () => {
  const deep = (levels: number) => `${'{"not":'.repeat(levels)}{}${'}'.repeat(levels)}`;
  const FILTER = 'query ($filter: TicketFilterInput!) { tickets(filter: $filter) { totalCount } }';

  it('is refused when its variables nest without end, over HTTP and over sockets', async () => {
    for (const levels of [100, 20_000]) {
      const { status, body } = await send('/graphql', `{"query":${JSON.stringify(FILTER)},"variables":{"filter":${deep(levels)}}}`);
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringContaining('levels') }]);
    }
    const socket = createClient({
      url: `ws://${world.node(0).url}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${agent.secret}` },
      retryAttempts: 0,
      jsonMessageReplacer: (key, value: unknown) => (key === 'variables' ? { filter: JSON.parse(deep(300)) } : value),
    });
    const faults = await new Promise<unknown>((resolve) => {
      socket.subscribe({ query: FILTER, variables: {} }, { next: resolve, error: resolve, complete: () => undefined });
    });
    await socket.dispose();
    expect(JSON.stringify(faults)).toMatch(/levels.*BAD_USER_INPUT/);
  });

  it('is answered without a fault when its document nests without end', async () => {
    const nested = {
      selections: `{ ${'a { '.repeat(600)} b ${'}'.repeat(600)} }`,
      lists: `{ tickets(filter: { tagIds: ${'['.repeat(900)}${']'.repeat(900)} }) { totalCount } }`,
      objects: `{ tickets(filter: ${'{ not: '.repeat(400)}{}${' }'.repeat(400)}) { totalCount } }`,
      fragments: `{ ${'... { '.repeat(600)} __typename ${'}'.repeat(600)} }`,
    };
    const answers = await Promise.all(Object.entries(nested).map(async ([what, query]) => [what, await post(query)] as const));

    expect(Object.fromEntries(answers.map(([what, { status, body }]) => [what, [status, body.errors?.[0]?.extensions.code]]))).toEqual({
      selections: [400, 'OPERATION_TOO_LARGE'],
      lists: [400, 'GRAPHQL_VALIDATION_FAILED'],
      objects: [200, 'INVALID_INPUT'],
      // A fragment is no level: this asks for one field.
      fragments: [200, undefined],
    });
  });

  it('is refused when it subscribes over HTTP', async () => {
    const { status, body } = await post('subscription { settingsChanged }');

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([
      { extensions: { code: 'SUBSCRIPTION_NEEDS_SOCKET' }, message: expect.stringContaining('graphql-transport-ws') },
    ]);
  });

  it('is refused with the reason when it is not JSON, too long, or of a type that is not read', async () => {
    const broken = await send('/graphql', '{"query":');
    const poisoned = await send('/graphql', '{"query":"{ viewer { email } }","__proto__":{"a":1}}');
    const long = await send('/graphql', JSON.stringify({ query: '{ viewer { email } }', pad: 'x'.repeat(1_100_000) }));
    const text = await send('/graphql', 'x', { 'content-type': 'text/plain' });
    const graphql = [broken, poisoned, long, text];
    const unknown = await send('/files/nothing', '', {}, 'GET');
    const escaped = await send('/files/%zz/%zz', '', {}, 'GET');
    const route = await send('/healthz', '{}');

    expect(graphql.map(({ status, body: { errors } }) => [status, errors?.[0]?.extensions.code])).toEqual([
      [400, 'BAD_REQUEST'],
      [400, 'BAD_REQUEST'],
      [413, 'REQUEST_TOO_LARGE'],
      [400, 'BAD_REQUEST'],
    ]);
    expect([unknown, escaped, route].map(({ status, body: { code } }) => [status, code])).toEqual([
      [404, 'NOT_FOUND'],
      [400, 'BAD_REQUEST'],
      [404, 'NOT_FOUND'],
    ]);
    expect(JSON.stringify([...graphql, unknown, escaped, route])).not.toMatch(/FST_|stack|node_modules/);
  });
});

describe('an upload', () => {
  const headers = { 'content-type': 'application/octet-stream' };

  it('with two names, or without any, is refused with the reason', async () => {
    const twice = await send(`/files?ticketId=${ticketId}&name=a.txt&name=b.txt`, 'x', headers);
    const none = await send(`/files?ticketId=${ticketId}`, 'x', headers);
    const tickets = await send(`/files?ticketId=${ticketId}&ticketId=${ticketId}&name=a.txt`, 'x', headers);

    for (const { status, body } of [twice, none, tickets]) {
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(/\.$/) });
    }
    expect(twice.body).toMatchObject({ field: 'name' });
  });

  it('keeps a name that was cut within the limit whole in its last character', async () => {
    const taken = await send(`/files?ticketId=${ticketId}&name=${encodeURIComponent(`x${'🇺🇦'.repeat(40)}.txt`)}`, 'x', headers);
    const nul = await send(`/files?ticketId=${ticketId}&name=a%00b.txt`, 'x', headers);
    const names = await world.sql<{ name: string }>('select name from attachment order by id desc limit 2');

    expect([taken.status, nul.status]).toEqual([201, 201]);
    expect(names[0]?.name).toBe('ab.txt');
    expect(names[1]?.name).toBe(`${'🇺🇦'.repeat(29)}.txt`);
  });
});

describe('a date', () => {
  const REPORT = 'query ($from: DateTimeISO!, $to: DateTimeISO!) { slaReport(from: $from, to: $to) { met } }';

  it.each(['0000-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2026-02-30T00:00:00Z', '+275760-09-13T00:00:00Z'])(
    'out of reach is refused with the years that are allowed: %s',
    async (from) => {
      const { status, body } = await send('/graphql', JSON.stringify({ query: REPORT, variables: { from, to: '2026-01-01T00:00:00Z' } }), {
        authorization: `Bearer ${owner.secret}`,
      });
      const literal = await post(`{ tickets(filter: { created: { from: "${from}" } }) { totalCount } }`);

      expect([status, literal.status]).toEqual([400, 400]);
      expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    },
  );
});
