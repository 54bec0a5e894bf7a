import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

const LINK = `mutation ($input: LinkAddInput!) { linkAdd(input: $input) { ticket { links { linkId role ticket { id } } } userErrors { ... on UserError { code message } } } }`;
const UNLINK = `mutation ($input: LinkRemoveInput!) { linkRemove(input: $input) { ticket { links { role } } userErrors { ... on UserError { code } } } }`;
const LINKS = `query ($id: ID!) { ticket(id: $id) { links { linkId role ticket { id } } activity { edges { node { type changes { field from { text } to { text } } } } } } }`;
const CHANGED = `subscription ($id: ID!) { ticketChanged(id: $id) { links { role } } }`;

let world: World;
let team: string;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  ada = await world.person('AGENT', { name: 'Ada', teams: [team] });
  bob = await world.person('AGENT', { name: 'Bob', teams: [await world.team()] });
});
afterAll(() => world.close());

const link = async (ticketId: string, otherId: string, role: string, person = ada) =>
  (await person.run(LINK, { input: { ticketId, otherId, role } })).linkAdd;
const linksOf = async (id: string, person = ada) => (await person.run(LINKS, { id })).ticket;
const tickets = (count: number) => Promise.all(Array.from({ length: count }, () => world.ticket({ teamId: team })));

it('shows each side what the other is to it, live, and both logs say so', async () => {
  const pairs = [
    ['RELATED', 'RELATED'],
    ['PARENT', 'CHILD'],
    ['CHILD', 'PARENT'],
    ['DUPLICATE', 'DUPLICATE_OF'],
    ['BLOCKER', 'BLOCKED'],
    ['EARLIER', 'FOLLOW_UP'],
  ] as const;
  for (const [role, back] of pairs) {
    const [one, other] = await tickets(2);
    if (!one || !other) throw new Error('two were made');
    const stream = ada.follow(CHANGED, { id: other.id });
    await stream.begun();
    const { ticket } = await link(one.id, other.id, role);
    await stream.until(({ ticketChanged }) => ticketChanged.links[0]?.role === back);

    expect(ticket.links).toMatchObject([{ role, ticket: { id: other.id } }]);
    for (const [seen, number] of [
      [one.id, other.number],
      [other.id, one.number],
    ] as const)
      expect((await linksOf(seen)).activity.edges.at(-1).node).toMatchObject({
        type: 'ticket.linked',
        changes: [{ field: 'link', from: null, to: { text: `#${number}` } }],
      });
    stream.close();
  }
});

it('is one link however often and from whichever side it is made, and gone on both once it is taken away', async () => {
  const [one, other] = await tickets(2);
  if (!one || !other) throw new Error('two were made');
  await Promise.all([link(one.id, other.id, 'RELATED'), link(other.id, one.id, 'RELATED'), link(one.id, other.id, 'RELATED')]);
  const { links } = await linksOf(other.id);
  const gone = (await ada.run(UNLINK, { input: { ticketId: one.id, linkId: links[0].linkId } })).linkRemove;
  const again = (await ada.run(UNLINK, { input: { ticketId: one.id, linkId: links[0].linkId } })).linkRemove;

  expect(links).toHaveLength(1);
  expect(gone).toEqual({ ticket: { links: [] }, userErrors: [] });
  expect(again.userErrors).toMatchObject([{ code: 'LINK_NOT_FOUND' }]);
  expect((await linksOf(other.id)).links).toEqual([]);
});

it('is shown to those who see both tickets alone, and made by those who may edit the one', async () => {
  const [one, other, third] = await tickets(3);
  if (!one || !other || !third) throw new Error('three were made');
  await world.sql('update ticket set assignee_id = ?, team_id = null where id = ?', [bob.id, third.id]);
  await link(one.id, third.id, 'BLOCKER');
  await link(one.id, other.id, 'RELATED');

  expect((await linksOf(one.id)).links).toHaveLength(2);
  // Bob sees the third ticket, which is nobody's team's, and not the one that it is linked with.
  expect((await linksOf(third.id, bob)).links).toEqual([]);
  expect((await link(third.id, one.id, 'RELATED', bob)).userErrors).toMatchObject([{ code: 'TICKET_NOT_FOUND' }]);
  expect((await link(third.id, one.id, 'RELATED')).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  expect((await link(one.id, one.id, 'RELATED')).userErrors).toMatchObject([{ code: 'LINK_REFUSED' }]);
});

it('makes no ticket its own ancestor', async () => {
  const [top, middle, bottom] = await tickets(3);
  if (!top || !middle || !bottom) throw new Error('three were made');
  await link(middle.id, top.id, 'PARENT');
  await link(bottom.id, middle.id, 'PARENT');

  expect((await link(top.id, bottom.id, 'PARENT')).userErrors).toMatchObject([{ code: 'LINK_REFUSED' }]);
  expect((await link(top.id, bottom.id, 'BLOCKER')).userErrors).toEqual([]);
});
