import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

const GROUP = 'skillGroup { id name version members { id } topics { id } } userErrors { __typename ... on UserError { code field } }';
const CREATE = `mutation ($input: SkillGroupCreateInput!) { skillGroupCreate(input: $input) { ${GROUP} } }`;
const EDIT = `mutation ($input: SkillGroupEditInput!) { skillGroupEdit(input: $input) { ${GROUP} } }`;
const DELETE = `mutation ($id: ID!) { skillGroupDelete(input: { skillGroupId: $id }) { deletedId userErrors { ... on UserError { code } } } }`;
const TOPICS = '{ topics { id skillGroup { name } } skillGroups { id name } }';

let world: World;
let admin: Person;

beforeAll(async () => {
  world = await World.open();
  admin = await world.person('ADMIN');
});
afterAll(() => world.close());

const create = async (input: object, person = admin) => (await person.run(CREATE, { input })).skillGroupCreate;
const edit = async (input: object) => (await admin.run(EDIT, { input })).skillGroupEdit;
const serving = async () =>
  Object.fromEntries(
    (await admin.run(TOPICS)).topics.map(({ id, skillGroup }: { id: string; skillGroup: { name: string } | null }) => [
      id,
      skillGroup?.name ?? null,
    ]),
  );

it('serves its topics and those under them that have no group of their own', async () => {
  const [above, below, own] = [await world.topic('Above'), await world.topic('Below'), await world.topic('Own')];
  for (const id of [below, own]) await world.sql('update topic set parent_id = ? where id = ?', [above, id]);
  const operator = await world.person('AGENT');
  const { skillGroup } = await create({ name: 'Printers', memberIds: [operator.id, operator.id], topicIds: [above] });
  await create({ name: 'Lasers', topicIds: [own] });

  expect(skillGroup).toMatchObject({ name: 'Printers', version: 1, members: [{ id: operator.id }], topics: [{ id: above }] });
  expect(await serving()).toEqual({ [above]: 'Printers', [below]: 'Printers', [own]: 'Lasers' });

  // A topic is given to another: it has one group.
  const taken = (await edit({ skillGroupId: skillGroup.id, version: 1, name: 'Printers', memberIds: [], topicIds: [above, own] }))
    .skillGroup;
  expect(taken).toMatchObject({ version: 2, members: [], topics: [{ id: above }, { id: own }] });
  expect(await serving()).toEqual({ [above]: 'Printers', [below]: 'Printers', [own]: 'Printers' });

  await admin.run(DELETE, { id: skillGroup.id });
  expect(await serving()).toEqual({ [above]: null, [below]: null, [own]: null });
});

it('is saved by those who save settings, never over what somebody else saved, and with what there is', async () => {
  const { skillGroup } = await create({ name: 'Refunds' });

  expect((await create({ name: 'x' }, await world.person('AGENT'))).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  expect((await create({ name: 'Refunds' })).userErrors).toMatchObject([{ code: 'NAME_TAKEN', field: 'name' }]);
  expect((await create({ name: 'y', memberIds: [crypto.randomUUID()] })).userErrors).toMatchObject([
    { __typename: 'ReferenceNotFound', field: 'memberIds' },
  ]);
  expect((await create({ name: 'y', topicIds: [crypto.randomUUID()] })).userErrors).toMatchObject([{ field: 'topicIds' }]);
  await edit({ skillGroupId: skillGroup.id, version: 1, name: 'Money back' });
  expect((await edit({ skillGroupId: skillGroup.id, version: 1, name: 'Late' })).userErrors).toMatchObject([{ code: 'SETTINGS_CONFLICT' }]);
  expect((await edit({ skillGroupId: crypto.randomUUID(), version: 1, name: 'Gone' })).userErrors).toMatchObject([
    { code: 'SETTING_NOT_FOUND' },
  ]);
  const names = (await admin.run(TOPICS)).skillGroups.map(({ name }: { name: string }) => name);
  expect(names).toEqual(['Lasers', 'Money back']);
});
