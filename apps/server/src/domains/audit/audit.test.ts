import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

const LOG = `query ($id: ID!, $last: Int!, $before: String) { ticket(id: $id) { activity(last: $last, before: $before) {
  edges { cursor node { type at actor { name } changes { field from { text } to { text names { locale text } } } } } pageInfo { hasPreviousPage startCursor } } } }`;

let world: World;
let boss: Person;

beforeAll(async () => {
  world = await World.open();
  boss = await world.person('SUPERVISOR', { name: 'Boss' });
});
afterAll(() => world.close());

it('tells who changed what from what to what, with the names people know', async () => {
  const { id } = await world.ticket({ subject: 'Old' });
  const edit = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { code } } } }`;
  await boss.run(edit, { input: { ticketId: id, subject: { from: 'Old', to: 'New' }, priority: { from: 'NORMAL', to: 'HIGH' } } });
  await boss.run(`mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { ticket { id } } }`, {
    input: { ticketId: id, from: world.status('NEW'), to: world.status('OPEN') },
  });
  await boss.run(`mutation ($input: TicketAssignInput!) { ticketAssign(input: $input) { ticket { id } } }`, {
    input: { ticketId: id, from: null, to: boss.id },
  });

  const { activity } = (await boss.run(LOG, { id, last: 10 })).ticket;

  const [created, edited, moved, assigned] = activity.edges.map(({ node }: { node: object }) => node);
  expect(created).toMatchObject({ type: 'ticket.created', actor: null });
  expect(edited).toMatchObject({
    type: 'ticket.edited',
    actor: { name: 'Boss' },
    changes: [
      { field: 'subject', from: { text: 'Old' }, to: { text: 'New' } },
      { field: 'priority', from: { text: 'NORMAL' }, to: { text: 'HIGH' } },
    ],
  });
  expect(moved.changes).toMatchObject([
    { from: { text: 'New' }, to: { text: 'Open', names: [{ locale: 'en' }, { locale: 'uk', text: 'Відкрита' }] } },
  ]);
  expect(assigned.changes).toMatchObject([{ from: null, to: { text: 'Boss' } }]);
});

it('pages back to the beginning', async () => {
  const { id } = await world.ticket();
  for (const name of ['a', 'b', 'c']) {
    await boss.run(`mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } } }`, {
      input: { ticketId: id, add: [name] },
    });
  }
  const page = async (before?: string) => (await boss.run(LOG, { id, last: 2, before })).ticket.activity;

  const newest = await page();
  const oldest = await page(newest.pageInfo.startCursor);

  expect(newest.edges.map(({ cursor }: { cursor: string }) => cursor)).toEqual(['3', '4']);
  expect(oldest.edges.map(({ node }: { node: { type: string } }) => node.type)).toEqual(['ticket.created', 'ticket.tagged']);
  expect((await boss.ask(LOG, { id, last: 2, before: 'x' })).errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
});
