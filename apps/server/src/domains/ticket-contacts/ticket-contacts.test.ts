import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

const ADD = `mutation ($input: TicketContactInput!) { ticketContactAdd(input: $input) { ticket { contacts { id } } userErrors { ... on UserError { code field } } } }`;
const REMOVE = `mutation ($input: TicketContactInput!) { ticketContactRemove(input: $input) { ticket { contacts { id } } userErrors { ... on UserError { code } } } }`;
const TICKET = `query ($id: ID!) { ticket(id: $id) { requester { id } contacts { id name email } activity { edges { node { type changes { field from { text } to { text } } } } } } }`;
const MERGE = `mutation ($input: TicketMergeInput!) { ticketMerge(input: $input) { userErrors { ... on UserError { message } } } }`;
const UNMERGE = `mutation ($input: TicketUnmergeInput!) { ticketUnmerge(input: $input) { userErrors { ... on UserError { message } } } }`;

let world: World;
let team: string;
let ada: Person;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  ada = await world.person('AGENT', { name: 'Ada', teams: [team] });
});
afterAll(() => world.close());

const add = async (ticketId: string, contactId: string, person = ada) =>
  (await person.run(ADD, { input: { ticketId, contactId } })).ticketContactAdd;
const look = async (id: string, person = ada) => (await person.run(TICKET, { id })).ticket;
const ids = (contacts: readonly { id: string }[]) => contacts.map(({ id }) => id).sort();

it('keeps whom a ticket concerns beside its client, live and in the log', async () => {
  const [client, wilma, fred] = [await world.contact(), await world.contact({ name: 'Wilma' }), await world.contact({ name: 'Fred' })];
  const { id } = await world.ticket({ teamId: team, requesterId: client.id });
  const watching = ada.follow(`subscription { ticketChanged(id: "${id}") { contacts { id } } }`);
  await watching.begun();

  await add(id, wilma.id);
  await add(id, wilma.id);
  await add(id, fred.id);
  await watching.until(({ ticketChanged }) => ticketChanged.contacts.length === 2);
  const { ticketContactRemove } = await ada.run(REMOVE, { input: { ticketId: id, contactId: wilma.id } });

  expect(ticketContactRemove).toEqual({ ticket: { contacts: [{ id: fred.id }] }, userErrors: [] });
  const { activity } = await look(id);
  const told = activity.edges.map(({ node }: { node: { type: string; changes: object[] } }) => node);
  expect(told.filter(({ type }: { type: string }) => type.startsWith('ticket.contact_'))).toEqual([
    { type: 'ticket.contact_added', changes: [{ field: 'contact', from: null, to: { text: 'Wilma' } }] },
    { type: 'ticket.contact_added', changes: [{ field: 'contact', from: null, to: { text: 'Fred' } }] },
    { type: 'ticket.contact_removed', changes: [{ field: 'contact', from: { text: 'Wilma' }, to: null }] },
  ]);
});

it('is on the card of the client, with the tickets that its reader sees, the newest first', async () => {
  const [client, wilma] = [await world.contact(), await world.contact()];
  const concerned = `query ($id: ID!) { contact(id: $id) { concernedBy { id } } }`;
  const cardOf = async (person: Person) => ids((await person.run(concerned, { id: wilma.id })).contact.concernedBy);
  const [first, second, own] = await Promise.all([
    world.ticket({ teamId: team, requesterId: client.id }),
    world.ticket({ requesterId: client.id }),
    world.ticket({ teamId: team, requesterId: wilma.id }),
  ]);
  const stranger = await world.person('AGENT', { teams: [await world.team()] });

  for (const { id } of [first, second]) await add(id, wilma.id);

  expect(await cardOf(ada)).toEqual([first.id, second.id].sort());
  expect(await cardOf(stranger)).toEqual([second.id]);
  expect(await cardOf(ada)).not.toContain(own.id);
  expect((await ada.run(concerned, { id: crypto.randomUUID() })).contact).toBeNull();
});

it('refuses the ticket’s own client, who is not there, and whoever may not edit; shows others no addresses', async () => {
  const [client, wilma] = [await world.contact(), await world.contact()];
  const { id } = await world.ticket({ teamId: team, requesterId: client.id });
  const light = await world.person('LIGHT_AGENT', { teams: [team] });

  expect((await add(id, client.id)).userErrors).toEqual([{ code: 'INVALID_INPUT', field: 'contactId' }]);
  expect((await add(id, crypto.randomUUID())).userErrors).toEqual([{ code: 'REFERENCE_NOT_FOUND', field: 'contactId' }]);
  expect((await add(id, wilma.id, light)).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  await add(id, wilma.id);
  expect((await look(id, light)).contacts[0].email).toContain('…@');
  // Whom it is for by now it does not concern as well.
  await ada.run(`mutation ($i: TicketEditInput!) { ticketEdit(input: $i) { ticket { id } } }`, {
    i: { ticketId: id, requesterId: { from: client.id, to: wilma.id } },
  });
  expect((await look(id)).contacts).toEqual([]);
});

it('goes with a merge, and back when it is undone; two cards that become one are one here too', async () => {
  const [one, two, wilma, fred] = await Promise.all([1, 2, 3, 4].map(() => world.contact()));
  const source = await world.ticket({ teamId: team, requesterId: one?.id ?? '' });
  const destination = await world.ticket({ teamId: team, requesterId: two?.id ?? '' });
  await add(source.id, wilma?.id ?? '');
  await add(destination.id, fred?.id ?? '');

  await ada.run(MERGE, { input: { sourceId: source.id, destinationId: destination.id } });
  const merged = ids((await look(destination.id)).contacts);
  await ada.run(UNMERGE, { input: { ticketId: source.id } });
  const apart = ids((await look(destination.id)).contacts);

  expect(merged).toEqual([one, wilma, fred].map((contact) => contact?.id ?? '').sort());
  expect(apart).toEqual([fred?.id]);

  const boss = await world.person('SUPERVISOR');
  await boss.run(`mutation ($input: ContactMergeInput!) { contactMerge(input: $input) { userErrors { ... on UserError { message } } } }`, {
    input: { sourceId: fred?.id, destinationId: wilma?.id },
  });
  expect(ids((await look(destination.id)).contacts)).toEqual([wilma?.id]);
  expect(ids((await look(source.id)).contacts)).toEqual([wilma?.id]);
});
