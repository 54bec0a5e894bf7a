import { afterAll, beforeAll, expect, it } from 'vitest';
import { Browser } from '../../testing/browser.ts';
import { Person, World } from '../../testing/world.ts';

const CREATE = `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id source } userErrors { ... on UserError { code message } } } }`;
const OPEN = `mutation ($input: ConversationOpenInput!) { conversationOpen(input: $input) { conversation { id } userErrors { ... on UserError { code } } } }`;

const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } } }`;
const SPLIT = `mutation ($input: TicketSplitInput!) { ticketSplit(input: $input) { ticket { source } userErrors { ... on UserError { code message } } } }`;
const MACHINE = `mutation ($input: MachineTokenCreateInput!) { machineTokenCreate(input: $input) { secret userErrors { ... on UserError { code message } } } }`;
const LIST = `query ($filter: TicketFilterInput!) { tickets(first: 100, filter: $filter, order: NUMBER) { edges { node { subject } } } }`;

let world: World;
let agent: Person;

beforeAll(async () => {
  world = await World.open();
  agent = await world.person('AGENT');
});
afterAll(() => world.close());

const sourceOf = async (document: string, input: object, person: Person | Browser) =>
  (await person.run(document, { input })).ticketCreate.ticket.source;

it('records that an agent created a ticket in the browser', async () => {
  const browser = new Browser(world);
  expect(await browser.signIn(agent.member.email)).toEqual([]);

  expect(await sourceOf(CREATE, { subject: 'By hand', internal: true }, browser)).toBe('AGENT');
});

it('records that a ticket was created with an access token', async () => {
  expect(await sourceOf(CREATE, { subject: 'By a program', internal: true }, agent)).toBe('API');
});

it('records the channel of the conversation that a ticket is created for', async () => {
  const { conversationOpen } = await agent.run(OPEN, { input: { contactId: (await world.contact()).id, body: '<p>Hello</p>' } });
  const { id: conversationId } = conversationOpen.conversation;
  await world.sql(`update conversation set channel = 'EMAIL' where id = ?`, [conversationId]);

  expect(await sourceOf(CREATE, { subject: 'Hello', conversationId }, agent)).toBe('EMAIL');
});

it('records that a service account created a ticket', async () => {
  const admin = await world.person('ADMIN');
  const { machineTokenCreate } = await admin.run(MACHINE, { input: { name: 'Billing sync', role: 'AGENT' } });
  const program = new Person(agent.member, machineTokenCreate.secret, world.node(0));

  expect(await sourceOf(CREATE, { subject: 'By a service account', internal: true }, program)).toBe('API');
});

it('records that a ticket was split off with an access token', async () => {
  const { id: ticketId } = await world.ticket({ teamId: null });
  const { noteAdd } = await agent.run(NOTE, { input: { ticketId, body: '<p>Another matter</p>' } });
  const input = { ticketId, subject: 'Another matter', noteIds: [noteAdd.note.id], messageIds: [] };

  expect((await agent.run(SPLIT, { input })).ticketSplit.ticket.source).toBe('API');
});

it('filters a list by the source', async () => {
  const subject = `Filtered ${crypto.randomUUID()}`;
  await agent.run(CREATE, { input: { subject, internal: true } });
  const found = async (sources: string[]) =>
    (await agent.run(LIST, { filter: { sources } })).tickets.edges.filter(
      (edge: { node: { subject: string } }) => edge.node.subject === subject,
    );

  expect(await found(['API'])).toHaveLength(1);
  expect(await found(['AGENT', 'EMAIL'])).toHaveLength(0);
});
