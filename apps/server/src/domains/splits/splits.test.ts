import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

const SPLIT = `mutation ($input: TicketSplitInput!) { ticketSplit(input: $input) { ticket { id } userErrors { __typename ... on UserError { code message } } } }`;
const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } } }`;
const REPLY = `mutation ($input: ReplySendInput!) { replySend(input: $input) { message { id } } }`;
const RECEIVE = `mutation ($input: MessageReceiveInput!) { messageReceive(input: $input) { message { id } } }`;
const UNDO = `mutation ($input: ActivityUndoInput!) { activityUndo(input: $input) { userErrors { ... on UserError { code message } } } }`;
const LOOK = `query ($id: ID!) { ticket(id: $id) { number subject priority requester { id } team { id } mergedInto { id } fields { values } notes { edges { node { id } } } messages { edges { node { id channel } } }
  links { role ticket { id } } activity { edges { node { id type undo } } } } }`;

let world: World;
let team: string;
let agent: Person;
let light: Person;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  agent = await world.person('AGENT', { teams: [team] });
  light = await world.person('LIGHT_AGENT', { name: 'Light' });
});
afterAll(() => world.close());

/** A ticket with two notes, of which the second mentions a light agent, and two messages of its client and a reply. */
async function busyTicket() {
  const client = await world.contact();
  const { id } = await world.ticket({ teamId: team, requesterId: client.id, priority: 'HIGH', subject: 'Two matters' });
  const noteIds = [];
  for (const body of ['<p>First</p>', `<p><span data-type="mention" data-id="${light.id}">@Light</span> second</p>`])
    noteIds.push((await agent.run(NOTE, { input: { ticketId: id, body } })).noteAdd.note.id);
  const messageIds = [];
  for (const body of ['<p>The printer</p>', '<p>And the bill</p>'])
    messageIds.push((await agent.run(RECEIVE, { input: { ticketId: id, body } })).messageReceive.message.id);
  messageIds.push((await agent.run(REPLY, { input: { ticketId: id, body: '<p>We look</p>' } })).replySend.message.id);
  return { id, client, noteIds, messageIds };
}
const split = async (input: object, person = agent) => (await person.run(SPLIT, { input })).ticketSplit;
const ids = (rows: { edges: { node: { id: string } }[] }) => rows.edges.map(({ node }) => node.id);
const look = async (id: string, person = agent) => {
  const { ticket } = await person.run(LOOK, { id });
  return (
    ticket && {
      ...ticket,
      notes: ids(ticket.notes),
      messages: ids(ticket.messages),
      log: ticket.activity.edges.map(({ node }: { node: object }) => node),
    }
  );
};
const entry = async (id: string, type: string) => (await look(id)).log.find((one: { type: string }) => one.type === type);
const undo = async (entryId: string) => (await agent.run(UNDO, { input: { entryId } })).activityUndo.userErrors;

it('makes some notes and messages a ticket of their own, for the same client, linked with the one they come from', async () => {
  const { id, client, noteIds, messageIds } = await busyTicket();
  const key = crypto.randomUUID();
  const input = { ticketId: id, subject: 'The bill', noteIds: [noteIds[1]], messageIds: [messageIds[1]], idempotencyKey: key };
  const { ticket, userErrors } = await split(input);

  expect(userErrors).toEqual([]);
  expect((await split(input)).ticket.id).toBe(ticket.id);
  const [made, source] = [await look(ticket.id), await look(id)];
  expect(made).toMatchObject({ subject: 'The bill', priority: 'HIGH', requester: { id: client.id }, team: { id: team } });
  expect([made.notes, made.messages]).toEqual([[noteIds[1]], [messageIds[1]]]);
  expect([source.notes, source.messages]).toEqual([[noteIds[0]], [messageIds[0], messageIds[2]]]);
  expect(made.links).toEqual([{ role: 'EARLIER', ticket: { id } }]);
  // Whoever was mentioned in what moved goes on to read it.
  expect((await look(ticket.id, light)).notes).toEqual([noteIds[1]]);
  // The client is answered on either.
  const reply = async (ticketId: string) =>
    (await agent.run(REPLY, { input: { ticketId, body: '<p>On the bill</p>' } })).replySend.message.id;
  expect((await look(ticket.id)).messages).toEqual([messageIds[1]]);
  const answer = await reply(ticket.id);
  expect((await look(ticket.id)).messages).toEqual([messageIds[1], answer]);
});

it('is undone from the log of either while nothing was done with the new one: each message is back where it was', async () => {
  const { id, noteIds, messageIds } = await busyTicket();
  const before = await look(id);
  const { ticket } = await split({ ticketId: id, subject: 'Apart', noteIds, messageIds: [messageIds[0], messageIds[2]] });

  expect((await entry(id, 'ticket.split')).undo).toBe('SPLIT');
  expect(await undo((await entry(ticket.id, 'ticket.split_off')).id)).toEqual([]);
  const after = await look(id);
  expect([after.notes, after.messages]).toEqual([before.notes, before.messages]);
  const conversations = await world.sql<{ count: string }>('select count(*) from conversation where ticket_id in (?, ?)', [id, ticket.id]);
  expect(Number(conversations[0]?.count)).toBe(1);
  // Its number leads back, and it cannot be undone twice.
  expect((await look(ticket.id)).mergedInto).toEqual({ id });
  expect((await entry(id, 'ticket.split')).undo).toBeNull();
});

it('stays once somebody worked on the new one', async () => {
  const { id, messageIds } = await busyTicket();
  const { ticket } = await split({ ticketId: id, subject: 'Apart', messageIds: [messageIds[0]] });
  await world.sql(`select pg_sleep(0.01)`);
  await agent.run(NOTE, { input: { ticketId: ticket.id, body: '<p>At work</p>' } });

  expect(await undo((await entry(id, 'ticket.split')).id)).toMatchObject([{ code: 'SPLIT_REFUSED' }]);
  expect((await look(ticket.id)).messages).toEqual([messageIds[0]]);
});

it('refuses nothing at all, what is not on the ticket, and those who may not', async () => {
  const { id, noteIds, messageIds } = await busyTicket();
  const foreign = await busyTicket();

  expect((await split({ ticketId: id, subject: 'x' })).userErrors).toMatchObject([{ code: 'SPLIT_REFUSED' }]);
  expect((await split({ ticketId: id, subject: 'x', noteIds: foreign.noteIds })).userErrors).toMatchObject([{ code: 'SPLIT_REFUSED' }]);
  expect((await split({ ticketId: id, subject: ' ', noteIds })).userErrors).toMatchObject([
    { code: 'INVALID_INPUT', message: expect.anything() },
  ]);
  expect((await split({ ticketId: id, subject: 'x', messageIds }, light)).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  expect((await look(id)).messages).toEqual(messageIds);
});
