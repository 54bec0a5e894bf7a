import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../testing/world.ts';

let world: World;
let owner: Person;
let elsewhere: Person;

beforeAll(async () => {
  world = await World.open({ nodes: 2, redis: true });
  owner = await world.person('OWNER');
  elsewhere = await world.person('OWNER', { node: 1 });
});
afterAll(() => world.close());

const RENAME = `mutation ($input: TeamRenameInput!) { teamRename(input: $input) { userErrors { ... on UserError { message } } } }`;
const NAME = `query ($id: ID!) { ticket(id: $id) { team { name } } }`;

it('shows what a team is called now: at once where it was renamed, and everywhere else within a second', async () => {
  const teamId = await world.team('Before');
  const { id } = await world.ticket({ teamId });
  const name = async (person: Person) => (await person.run(NAME, { id })).ticket.team.name as string;
  expect([await name(owner), await name(elsewhere)]).toEqual(['Before', 'Before']);

  await owner.run(RENAME, { input: { teamId, name: 'After' } });

  expect(await name(owner)).toBe('After');
  await waitFor(async () => (await name(elsewhere)) === 'After', 'the other node');
});

it('goes on after the database was away: a fault is remembered by nobody', async () => {
  const teamId = await world.team('Still there');
  const { id } = await world.ticket({ teamId });
  await world.withoutDatabase(async () => {
    const { errors } = await owner.ask(NAME, { id });
    expect(errors).toHaveLength(1);
  });

  await waitFor(async () => (await owner.ask(NAME, { id })).data?.ticket?.team.name === 'Still there', 'the answer');
});
