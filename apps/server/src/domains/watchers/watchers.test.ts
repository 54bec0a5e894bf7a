import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

const ADD = `mutation ($input: WatcherAddInput!) { watcherAdd(input: $input) { ticket { viewerIsWatching watchers { name } } userErrors { ... on UserError { code } } } }`;
const REMOVE = `mutation ($input: WatcherRemoveInput!) { watcherRemove(input: $input) { ticket { watchers { name } } userErrors { ... on UserError { code } } } }`;
const SEE = `query ($id: ID!) { ticket(id: $id) { number } }`;

let world: World;
let team: string;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  ada = await world.person('AGENT', { name: 'Ada', teams: [team] });
  bob = await world.person('AGENT', { name: 'Bob', teams: [team] });
});
afterAll(() => world.close());

it('adds a watcher once however often it is asked', async () => {
  const { id } = await world.ticket({ teamId: team });
  const input = { ticketId: id, memberId: ada.id };

  await Promise.all([ada.run(ADD, { input }), ada.run(ADD, { input })]);
  const { watcherAdd } = await ada.run(ADD, { input });

  expect(watcherAdd).toMatchObject({ ticket: { viewerIsWatching: true, watchers: [{ name: 'Ada' }] }, userErrors: [] });
});

it('lets those who may edit add others, and everybody watch themselves', async () => {
  const { id } = await world.ticket({ teamId: team, assigneeId: ada.id });

  const byAda = await ada.run(ADD, { input: { ticketId: id, memberId: bob.id } });
  const byBob = await bob.run(REMOVE, { input: { ticketId: id, memberId: bob.id } });
  const forOther = await bob.run(ADD, { input: { ticketId: id, memberId: ada.id } });

  expect(byAda.watcherAdd.ticket.watchers).toEqual([{ name: 'Bob' }]);
  expect(byBob.watcherRemove.ticket.watchers).toEqual([]);
  expect(forOther.watcherAdd.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
});

it('lets a light agent into a ticket for as long as they watch it', async () => {
  const light = await world.person('LIGHT_AGENT');
  const { id } = await world.ticket({ teamId: team });
  const input = { ticketId: id, memberId: light.id };

  await ada.run(ADD, { input });
  const during = await light.run(SEE, { id });
  await ada.run(REMOVE, { input });
  const after = await light.run(SEE, { id });

  expect(during.ticket).not.toBeNull();
  expect(after.ticket).toBeNull();
});

it('lets a guest watch nothing', async () => {
  const guest = await world.person('GUEST', { teams: [team] });
  const { id } = await world.ticket({ teamId: team });

  expect((await guest.run(ADD, { input: { ticketId: id, memberId: guest.id } })).watcherAdd.userErrors).toMatchObject([
    { code: 'NOT_PERMITTED' },
  ]);
});
