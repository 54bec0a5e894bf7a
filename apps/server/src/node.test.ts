import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from './testing/world.ts';

const NODE = `query ($id: ID!) { node(id: $id) { __typename id ... on Ticket { subject } ... on Member { name } ... on Note { body } ... on Contact { name email } } }`;
const CREATE = `mutation { ticketCreate(input: { subject: "Node", newContact: { name: "Client", email: "client@example.org" } }) { ticket { id requester { id } } } }`;
const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } } }`;

let world: World;
let boss: Person;

beforeAll(async () => {
  world = await World.open();
  boss = await world.person('SUPERVISOR', { name: 'Boss' });
});
afterAll(() => world.close());

it('finds everything with an id of its own, and nothing that is not the viewer’s to see', async () => {
  const team = await world.team();
  const outsider = await world.person('LIGHT_AGENT');
  const { ticket } = (await boss.run(CREATE)).ticketCreate;
  await world.sql('update ticket set team_id = ? where id = ?', [team, ticket.id]);
  const { note } = (await boss.run(NOTE, { input: { ticketId: ticket.id, body: '<p>Secret</p>' } })).noteAdd;
  const foreign = await world.stranger();
  const node = async (person: Person, id: string) => (await person.run(NODE, { id })).node;

  expect(await node(boss, ticket.id)).toEqual({ __typename: 'Ticket', id: ticket.id, subject: 'Node' });
  expect(await node(boss, note.id)).toMatchObject({ __typename: 'Note', body: '<p>Secret</p>' });
  expect(await node(boss, boss.id)).toMatchObject({ __typename: 'Member', name: 'Boss' });
  expect(await node(boss, ticket.requester.id)).toMatchObject({ __typename: 'Contact', email: 'client@example.org' });
  for (const id of [ticket.id, note.id, ticket.requester.id]) expect(await node(outsider, id)).toBeNull();
  for (const id of [foreign.ticketId, foreign.person.id, crypto.randomUUID()]) expect(await node(boss, id)).toBeNull();
});
