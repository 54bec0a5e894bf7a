import { isInputObjectType, isObjectType, getNamedType, type GraphQLInputObjectType, type GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSchema } from './schema.ts';
import { Browser } from './testing/browser.ts';
import { waitFor, World, type Person } from './testing/world.ts';

let world: World;
let owner: Person;
let browsers: Browser[];
let mutations: GraphQLObjectType;

beforeAll(async () => {
  world = await World.open({ nodes: 2, redis: true });
  owner = await world.person('OWNER');
  browsers = [new Browser(world, 0), new Browser(world, 1)];
  for (const browser of browsers) await browser.signIn(owner.member.email);
  mutations = (await makeSchema(world.desk)).getMutationType() as GraphQLObjectType;
});
afterAll(() => world.close());

let count = 0;
const text = () => `Unique ${++count} ${crypto.randomUUID()}`;
const names = () => [{ locale: 'en', text: text() }];
const key = () => `k${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`;
const ticket = async () => (await world.ticket({ requesterId: (await world.contact()).id })).id;

async function upload(ticketId: string): Promise<string> {
  const response = await fetch(`http://${world.node(0).url}/files?${new URLSearchParams({ ticketId, name: 'a.txt' }).toString()}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${owner.secret}` },
    body: 'x',
  });
  return ((await response.json()) as { id: string }).id;
}

async function conversation(): Promise<string> {
  const input = { contactId: (await world.contact()).id, body: '<p>x</p>' };
  const query = 'mutation ($input: ConversationOpenInput!) { conversationOpen(input: $input) { conversation { id } } }';
  return (await owner.run(query, { input })).conversationOpen.conversation.id;
}

async function note(ticketId: string): Promise<string> {
  const query = 'mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } } }';
  return (await owner.run(query, { input: { ticketId, body: `<p>${text()}</p>` } })).noteAdd.note.id;
}

/** An input of every mutation that creates something, another one at each call. */
const inputs: Readonly<Record<string, () => object | Promise<object>>> = {
  accessTokenCreate: () => ({ name: text() }),
  bulkStart: async () => ({ ticketIds: [await ticket()], action: { priority: 'HIGH' } }),
  checklistAdd: async () => ({ ticketId: await ticket(), texts: [text()] }),
  contactCreate: () => ({ name: text() }),
  conversationOpen: async () => ({ contactId: (await world.contact()).id, body: '<p>x</p>' }),
  conversationReceive: async () => ({ conversationId: await conversation(), body: '<p>x</p>' }),
  conversationReply: async () => ({ conversationId: await conversation(), body: '<p>x</p>' }),
  fieldCreate: () => ({ key: key(), type: 'TEXT', names: names() }),
  linkAdd: async () => ({ ticketId: await ticket(), otherId: await ticket(), role: 'RELATED' }),
  machineTokenCreate: () => ({ name: text(), role: 'AGENT' }),
  memberInvite: () => ({ name: text(), email: `${key()}@invited.test`, role: 'AGENT' }),
  messageReceive: async () => ({ ticketId: await ticket(), body: '<p>x</p>' }),
  noteAdd: async () => ({ ticketId: await ticket(), body: '<p>x</p>' }),
  replySend: async () => ({ ticketId: await ticket(), body: '<p>x</p>' }),
  roleCreate: () => ({ name: text(), permissions: [] }),
  skillGroupCreate: () => ({ name: text() }),
  slaCalendarSave: () => ({ name: text(), timeZone: 'Europe/Kyiv', week: Array.from({ length: 7 }, () => [{ from: 0, to: 600 }]) }),
  slaPolicySave: () => ({
    name: text(),
    conditions: { priorities: ['LOW'] },
    targets: [{ metric: 'RESOLUTION', priority: 'NORMAL', amount: 1, unit: 'HOURS' }],
    warning: { share: 0.5, beforeMinutes: 10 },
  }),
  statusCreate: () => ({ names: names(), category: 'OPEN', color: 'blue' }),
  teamCreate: () => ({ name: text() }),
  templateCreate: () => ({ name: text() }),
  ticketCreate: () => ({ subject: text(), internal: true }),
  ticketFileAdd: async () => {
    const ticketId = await ticket();
    return { ticketId, attachmentIds: [await upload(ticketId)] };
  },
  ticketSplit: async () => {
    const ticketId = await ticket();
    await note(ticketId);
    return { ticketId, subject: text(), noteIds: [await note(ticketId)] };
  },
  timeRecord: async () => ({ ticketId: await ticket(), minutes: 5 }),
  topicCreate: () => ({ names: names() }),
  viewCreate: () => ({ name: text(), audience: 'PRIVATE', filter: {}, order: 'UPDATED' }),
};

/** Mutations named like those that create, which cannot create anything twice. */
const repeatable: Readonly<Record<string, string>> = {
  draftSave: 'replaces the draft with the given ID',
  lifecycleSave: 'replaces settings',
  notificationSettingsSave: 'replaces settings',
  pushDeviceAdd: 'replaces the device with the same endpoint',
  ticketContactAdd: 'adds to a set',
  ticketLinkOpen: 'returns the link that is open',
  watcherAdd: 'adds to a set',
};

const creating = /(Create|Add|Open|Send|Receive|Reply|Record|Invite|Start|Split|Save)$/;

function inputOf(mutation: string): GraphQLInputObjectType | null {
  const type = mutations.getFields()[mutation]?.args[0]?.type;
  const named = type ? getNamedType(type) : null;
  return isInputObjectType(named) ? named : null;
}

/** Runs a mutation and returns its payload, secrets included. */
async function run(mutation: string, input: object, browser = browsers[0]) {
  const payload = getNamedType(mutations.getFields()[mutation]?.type) as GraphQLObjectType;
  const selected = Object.values(payload.getFields())
    .filter(({ name }) => name !== 'userErrors')
    .map(({ name, type }) => {
      const named = getNamedType(type);
      return !isObjectType(named) ? name : `${name} { ${'id' in named.getFields() ? 'id' : '__typename'} }`;
    });
  const query = `mutation ($input: ${inputOf(mutation)?.name ?? ''}!) { ${mutation}(input: $input) { ${selected.join(' ')} userErrors { ... on UserError { code message field } } } }`;
  return (await browser?.run(query, { input }))[mutation] as Record<string, unknown> & { userErrors: { code: string; field: string }[] };
}

/** The rows of every table, but of the keys themselves. */
async function rows(): Promise<Record<string, number>> {
  const tables = await world.sql<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'idempotency_key'`,
  );
  const counts = await world.sql<{ name: string; rows: string }>(
    tables.map(({ name }) => `select '${name}' as name, count(*) as rows from "${name}"`).join(' union all '),
  );
  return Object.fromEntries(counts.map((one) => [one.name, Number(one.rows)]));
}

async function settled(): Promise<void> {
  await waitFor(async () => (await world.sql(`select 1 from bulk_job where finished_at is null`)).length === 0, 'jobs to finish');
}

it('every mutation that creates something takes an idempotency key, and is tested here', () => {
  const all = Object.keys(mutations.getFields());
  const withKey = all.filter((name) => 'idempotencyKey' in (inputOf(name)?.getFields() ?? {}));

  expect(all.filter((name) => creating.test(name) && !withKey.includes(name)).toSorted()).toEqual(Object.keys(repeatable).toSorted());
  // A trial shares the input of the mutation that it tries, and stores nothing.
  expect(Object.keys(inputs)).toEqual(withKey.filter((name) => !name.endsWith('Try')).toSorted());
});

const once = { secret: null, link: null };

describe.each(Object.keys(inputs))('%s', (mutation) => {
  it('creates once: a repeat with the same key returns the first result and creates nothing', async () => {
    const input = { ...(await inputs[mutation]?.()), idempotencyKey: crypto.randomUUID() };
    const first = await run(mutation, input);
    expect(first.userErrors).toEqual([]);
    await settled();
    const before = await rows();

    const again = await run(mutation, input, browsers[1]);

    // What is stored nowhere is returned once.
    const shown = Object.fromEntries(Object.entries(once).filter(([name]) => name in first));
    expect(again).toEqual({ ...first, ...shown });
    expect(await rows()).toEqual(before);
  });

  it('refuses the key with another input', async () => {
    const idempotencyKey = crypto.randomUUID();
    await run(mutation, { ...(await inputs[mutation]?.()), idempotencyKey });
    await settled();
    const other = { ...(await inputs[mutation]?.()), idempotencyKey };
    const before = await rows();

    const refused = await run(mutation, other);

    expect(refused.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED', field: 'idempotencyKey' }]);
    expect(await rows()).toEqual(before);
  });
});

it('creates one object for requests that arrive at two nodes at the same time', async () => {
  const input = { name: text(), idempotencyKey: crypto.randomUUID() };
  const answers = await Promise.all([0, 1, 0, 1].map((index) => run('teamCreate', input, browsers[index])));

  expect(new Set(answers.map(({ team }) => (team as { id: string }).id)).size).toBe(1);
  expect(await world.sql('select 1 from team where name = ?', [input.name])).toHaveLength(1);
});
