import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { buildSchema, getNamedType, isObjectType, isScalarType, type GraphQLObjectType } from 'graphql';
import WebSocket from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../../testing/browser.ts';
import { Stream, waitFor, World, type Person, type Reply } from '../../testing/world.ts';

const OPEN = `mutation ($id: ID!) { ticketLinkOpen(input: { ticketId: $id }) { ticket { publicLink { url openedAt } } userErrors { ... on UserError { code } } } }`;
const REVOKE = `mutation ($id: ID!) { ticketLinkRevoke(input: { ticketId: $id }) { ticket { publicLink { url } } } }`;
const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { ticket { id } userErrors { ... on UserError { message } } } }`;
const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } } }`;
const CHANGED = 'subscription { ticketChanged { state } }';

const clientSchema = buildSchema(readFileSync(join(import.meta.dirname, '../../../client-schema.graphql'), 'utf8'));
const memberSchema = buildSchema(readFileSync(join(import.meta.dirname, '../../../../../schema.graphql'), 'utf8'));

/** Everything that can be asked of a thing. */
function allOf(type: GraphQLObjectType): string {
  const parts = Object.values(type.getFields()).map((field) => {
    const inside = getNamedType(field.type);
    return isObjectType(inside) ? `${field.name} ${allOf(inside)}` : field.name;
  });
  return `{ ${parts.join(' ')} }`;
}
const EVERYTHING = `query ${allOf(clientSchema.getQueryType() as GraphQLObjectType)}`;
const EVERY_CHANGE = `subscription ${allOf(clientSchema.getSubscriptionType() as GraphQLObjectType)}`;

let world: World;
let ada: Person;
const sockets: { dispose: () => void | Promise<void> }[] = [];

beforeAll(async () => {
  world = await World.open({ nodes: 2, redis: true });
  ada = await world.person('AGENT', { name: 'Ada Internal' });
});
afterEach(async () => {
  world.time.now = null;
  await Promise.all(sockets.splice(0).map((socket) => socket.dispose()));
});
afterAll(() => world.close());

async function ask(query: string, token: string | null, at = 0): Promise<Reply & { status: number; retryAfter: string | null }> {
  const response = await fetch(`http://${world.node(at).url}/client/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), ...((await response.json()) as Reply) };
}

function follow(query: string, token: string, at = 0): Stream {
  const socket = createClient({
    url: `ws://${world.node(at).url}/client/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  sockets.push(socket);
  return new Stream(socket, { query });
}

async function open(id: string): Promise<{ url: string; token: string }> {
  const { ticketLinkOpen } = await ada.run(OPEN, { id });
  const { url } = ticketLinkOpen.ticket.publicLink;
  return { url, token: url.split('#')[1] };
}

async function move(ticketId: string, from: string, to: string): Promise<void> {
  const { ticketSetStatus } = await ada.run(STATUS, { input: { ticketId, from, to } });
  expect(ticketSetStatus.userErrors).toEqual([]);
}

describe('a public link', () => {
  it('logs that the customer opened it, once an hour, and does not count that as a change of the ticket', async () => {
    const { id } = await world.ticket();
    const { token } = await open(id);
    const visits = async () => {
      const { ticket } = await ada.run(
        'query ($id: ID!) { ticket(id: $id) { updatedAt activity(types: ["link.visited"]) { edges { node { actorKind byClient } } } } }',
        { id },
      );
      return { updatedAt: ticket.updatedAt, entries: ticket.activity.edges.map(({ node }: { node: object }) => node) };
    };
    const before = await visits();

    await Promise.all([ask('{ ticket { number } }', token), ask('{ ticket { number } }', token, 1)]);
    await follow('subscription { ticketChanged { number } }', token).begun();
    const first = await visits();
    world.time.now = new Date(Date.now() + 3_600_001);
    await follow('subscription { ticketChanged { number } }', token).begun();

    expect(before.entries).toEqual([]);
    expect(first).toEqual({ updatedAt: before.updatedAt, entries: [{ actorKind: 'CLIENT', byClient: true }] });
    expect((await visits()).entries).toHaveLength(2);
  });

  it('shows how far the ticket is, live at any node, and nothing else', async () => {
    const word = `taint${crypto.randomUUID().slice(0, 8)}`;
    const team = await world.team(`Team ${word}`);
    const { id } = await world.ticket({ subject: 'Broken kettle', description: `<p>${word}</p>`, teamId: null });
    const { token } = await open(id);
    const first = follow(EVERY_CHANGE, token, 1);
    await first.begun();

    await ada.run(NOTE, { input: { ticketId: id, body: `<p>${word}</p>` } });
    await ada.run(`mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } } }`, {
      input: { ticketId: id, add: [word] },
    });
    await ada.run(`mutation ($input: TicketAssignInput!) { ticketAssign(input: $input) { ticket { id } } }`, {
      input: { ticketId: id, from: null, to: ada.id },
    });
    await move(id, world.status('NEW'), world.status('OPEN'));
    await first.until(({ ticketChanged }) => ticketChanged.state === 'OPEN');
    await world.sql('update ticket set team_id = ? where id = ?', [team, id]);
    const everything = await ask(EVERYTHING, token);

    expect(everything.data.ticket).toEqual({
      workspace: 'Desk',
      fields: [],
      number: expect.any(Number),
      subject: 'Broken kettle',
      state: 'OPEN',
      createdAt: expect.any(String),
      stateSince: expect.any(String),
      readableUntil: null,
      rating: null,
      locale: null,
      messages: [],
      history: [
        { state: 'NEW', at: expect.any(String) },
        { state: 'OPEN', at: expect.any(String) },
      ],
    });
    // Not even the time at which something else happened: what it was told is the beginning and the new state.
    expect(first.received).toHaveLength(2);
    const said = JSON.stringify([everything, first.received]);
    for (const secret of [word, 'Ada Internal', 'ada.internal@desk.test', id, ada.id, team]) expect(said).not.toContain(secret);
  });

  it('stays the same until it is taken back, ends what is open by it, and never comes back', async () => {
    const { id } = await world.ticket();
    const { token, url } = await open(id);
    const again = await open(id);
    const stream = follow(CHANGED, token, 1);
    await stream.begun();

    const revoked = performance.now();
    await ada.run(REVOKE, { id });
    await waitFor(() => stream.faults.length > 0, 'the stream to end');
    const took = performance.now() - revoked;
    const other = await open(id);

    expect(url).toMatch(/^http:\/\/desk\.test\/follow#ticket_[\w-]{43}$/);
    expect(again.token).toBe(token);
    expect(took).toBeLessThan(1000);
    expect(other.token).not.toBe(token);
    expect((await ask(EVERYTHING, token)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect((await ask(EVERYTHING, other.token)).data.ticket.state).toBe('NEW');
    // Only a hash is kept, from which nobody gets back to the link.
    expect(JSON.stringify(await world.sql('select * from public_link'))).not.toContain(other.token);
  });

  it('can be read for thirty days after the ticket was closed, and says until when', async () => {
    const { id } = await world.ticket();
    const { token } = await open(id);
    await move(id, world.status('NEW'), world.status('CLOSED'));
    const { data } = await ask('{ ticket { state readableUntil } }', token);
    const days = (count: number) => new Date(Date.now() + count * 86_400_000);

    world.time.now = days(29);
    const late = await ask('{ ticket { state } }', token);
    world.time.now = days(31);
    const tooLate = await ask('{ ticket { state } }', token);

    expect(data.ticket.state).toBe('CLOSED');
    expect(Date.parse(data.ticket.readableUntil) / 86_400_000).toBeCloseTo(days(30).getTime() / 86_400_000, 1);
    expect(late.data.ticket.state).toBe('CLOSED');
    expect(tooLate.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('tells a client of spam that it is closed', async () => {
    const { id } = await world.ticket();
    const { token } = await open(id);
    await move(id, world.status('NEW'), world.status('SPAM'));

    const { data } = await ask('{ ticket { state history { state } } }', token);

    expect(data.ticket).toEqual({ state: 'CLOSED', history: [{ state: 'NEW' }, { state: 'CLOSED' }] });
  });

  it('is made and taken back by those who may edit the ticket, and seen by nobody else', async () => {
    const { id } = await world.ticket();
    const light = await world.person('LIGHT_AGENT');
    await world.sql(`insert into ticket_grant (workspace_id, member_id, ticket_id, reason) values (?, ?, ?, 'watching')`, [
      world.workspaceId,
      light.id,
      id,
    ]);
    await open(id);

    const { ticketLinkOpen } = await light.run(OPEN, { id });
    const { ticket } = await light.run(
      'query ($id: ID!) { ticket(id: $id) { publicLink { url } activity(last: 5) { edges { node { type } } } } }',
      {
        id,
      },
    );

    expect(ticketLinkOpen.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(ticket.publicLink).toBeNull();
    expect(ticket.activity.edges.at(-1).node.type).toBe('link.opened');
  });
});

describe('the client’s door', () => {
  it('lets no member in, as that of members lets no client in', async () => {
    const { id } = await world.ticket();
    const { token } = await open(id);
    const browser = new Browser(world);
    await browser.signIn('ada.internal@desk.test');
    const withCookie = await fetch(`http://${world.node(0).url}/client/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: browser.cookie },
      body: JSON.stringify({ query: '{ ticket { number } }' }),
    });

    const client = world.seat(ada.member, token, 0);
    const stream = client.follow(`subscription ($id: ID!) { ticketChanged(id: $id) { id } }`, { id });
    await waitFor(() => stream.faults.length > 0, 'a refusal');

    expect((await ask('{ ticket { number } }', ada.secret)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(((await withCookie.json()) as Reply).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect((await client.ask('{ viewer { email } }')).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect((await client.ask('{ statuses { id } }')).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(stream.received).toEqual([]);
  });

  it('shows the fields that are for clients, in their language, live, and is silent about the others', async () => {
    const admin = await world.person('ADMIN');
    const [about, aside] = [await world.topic('About'), await world.topic('Aside')];
    const field = async (key: string, more: object) => {
      const input = { key, type: 'TEXT', names: [{ locale: 'en', text: key }], ...more };
      const select = 'field { id options { id } } userErrors { ... on UserError { field message } }';
      return (await admin.run(`mutation ($input: FieldCreateInput!) { fieldCreate(input: $input) { ${select} } }`, { input })).fieldCreate;
    };
    const color = [
      {
        names: [
          { locale: 'en', text: 'Red' },
          { locale: 'uk', text: 'Червоний' },
        ],
      },
    ];
    const shown = (await field('colour', { type: 'SELECT', options: color, forClients: true, topicIds: [about] })).field;
    const hidden = (await field('margin', { type: 'NUMBER' })).field;
    const due = (await field('arrives', { type: 'DATE', forClients: true })).field;
    const { id } = await world.ticket({ topicId: about });
    const { token } = await open(id);
    const set = (fieldId: string, to: string[]) =>
      ada.run(
        `mutation ($input: TicketSetFieldsInput!) { ticketSetFields(input: $input) { userErrors { ... on UserError { message } } } }`,
        {
          input: { ticketId: id, fields: [{ fieldId, to }] },
        },
      );
    // The creation of the ticket has its place in the stream before the stream is opened, so it is not delivered as a change.
    await waitFor(async () => (await world.sql('select 1 from event where position is null')).length === 0, 'positions');
    const stream = follow('subscription { ticketChanged { fields(locale: "uk") { name kind values } } }', token);
    await stream.until(({ ticketChanged }) => ticketChanged.fields.length === 0);

    await set(hidden.id, ['40']);
    await set(shown.id, [shown.options[0].id]);
    await set(hidden.id, ['41']);
    await set(due.id, ['2026-12-01']);
    const colour = { name: 'colour', kind: 'TEXT', values: ['Червоний'] };
    const arrives = { name: 'arrives', kind: 'DATE', values: ['2026-12-01'] };
    await stream.until(({ ticketChanged }) => ticketChanged.fields.length === 2);
    const told = stream.received.map(({ ticketChanged }) => ticketChanged.fields);

    // Nothing was told of what is not for clients, not even that it happened.
    expect(told).toEqual([[], [colour], [colour, arrives]]);
    expect(JSON.stringify(await ask(EVERYTHING, token))).not.toMatch(/margin|"4[01]"/);

    // What it has in a field of another topic is kept, and not shown.
    await ada.run(`mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { ticket { id } } }`, {
      input: { ticketId: id, topicId: { from: about, to: aside } },
    });
    await stream.until(({ ticketChanged }) => ticketChanged.fields.length === 1);
    const person = await field('who', { type: 'MEMBER', forClients: true });
    expect(person.userErrors).toMatchObject([{ field: 'forClients', message: expect.stringContaining('names a person') }]);
  });

  it('has a schema of its own, which shares no thing with that of members', () => {
    const things = (schema: typeof clientSchema) =>
      Object.values(schema.getTypeMap())
        .filter((type) => !type.name.startsWith('__') && !isScalarType(type) && !['Query', 'Mutation', 'Subscription'].includes(type.name))
        .map(({ name }) => name);

    expect(things(clientSchema)).toEqual([
      'ClientFieldKind',
      'ClientMessage',
      'ClientMessageFile',
      'ClientMessageSendInput',
      'ClientMessageSendPayload',
      'ClientRating',
      'ClientRatingInput',
      'ClientRatingPayload',
      'ClientTicket',
      'ClientTicketEvent',
      'ClientTicketField',
      'ClientTicketState',
    ]);
    expect(things(memberSchema).filter((name) => things(clientSchema).includes(name))).toEqual([]);
  });

  it('stops answering an address that tries one token after the other, at every node', async () => {
    const { id } = await world.ticket();
    const { token } = await open(id);
    const codes: string[] = [];
    for (let guess = 0; guess < 40; guess++) {
      const { errors } = await ask('{ ticket { number } }', `ticket_${crypto.randomUUID()}`, guess % 2);
      codes.push(errors?.[0]?.extensions.code ?? '');
    }
    const after = await ask('{ ticket { number } }', token, 1);

    expect(codes.filter((code) => code === 'UNAUTHENTICATED').length).toBeLessThanOrEqual(31);
    expect(after).toMatchObject({ status: 429, errors: [{ extensions: { code: 'TOO_MANY_REQUESTS' } }] });
    expect(Number(after.retryAfter)).toBeGreaterThan(0);
  });
});
