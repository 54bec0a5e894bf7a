import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

const TEMPLATE =
  'template { id name subject description priority topicId teamId watcherIds version fields { fieldId values } } userErrors { __typename ... on UserError { code field } }';
const CREATE = `mutation ($input: TemplateCreateInput!) { templateCreate(input: $input) { ${TEMPLATE} } }`;
const EDIT = `mutation ($input: TemplateEditInput!) { templateEdit(input: $input) { ${TEMPLATE} } }`;
const DELETE = `mutation ($id: ID!) { templateDelete(input: { templateId: $id }) { deletedId userErrors { ... on UserError { code } } } }`;
const LIST = '{ ticketTemplates { id name } }';

let world: World;
let admin: Person;

beforeAll(async () => {
  world = await World.open();
  admin = await world.person('ADMIN');
});
afterAll(() => world.close());

const create = async (input: object, person = admin) => (await person.run(CREATE, { input })).templateCreate;

it('keeps what a new ticket begins with, for those who make tickets', async () => {
  const [topicId, teamId] = [await world.topic('Printers'), await world.team()];
  const { field } = (
    await admin.run('mutation ($input: FieldCreateInput!) { fieldCreate(input: $input) { field { id } } }', {
      input: { key: 'model', type: 'TEXT', names: [{ locale: 'en', text: 'Model' }] },
    })
  ).fieldCreate;
  const { template, userErrors } = await create({
    name: 'Printer is broken',
    subject: ' Printer: ',
    description: '<p>Which one?</p><script>x()</script>',
    priority: 'HIGH',
    topicId,
    teamId,
    watcherIds: [admin.id, admin.id],
    fields: [{ fieldId: field.id, values: ['ZX'] }],
  });

  expect(userErrors).toEqual([]);
  expect(template).toMatchObject({
    subject: 'Printer:',
    description: '<p>Which one?</p>',
    priority: 'HIGH',
    topicId,
    teamId,
    watcherIds: [admin.id],
    fields: [{ fieldId: field.id, values: ['ZX'] }],
    version: 1,
  });
  expect((await (await world.person('AGENT')).run(LIST)).ticketTemplates).toEqual([{ id: template.id, name: 'Printer is broken' }]);
  expect((await (await world.person('LIGHT_AGENT')).run(LIST)).ticketTemplates).toEqual([]);
  expect((await admin.run(DELETE, { id: template.id })).templateDelete.deletedId).toBe(template.id);
  expect((await admin.run(LIST)).ticketTemplates).toEqual([]);
});

it('is saved by those who save settings, never over what somebody else saved, and with what there is', async () => {
  const { template } = await create({ name: 'One' });
  const edit = async (more: object) =>
    (await admin.run(EDIT, { input: { templateId: template.id, version: 1, name: 'One', ...more } })).templateEdit;

  expect((await create({ name: 'x' }, await world.person('AGENT'))).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  expect((await create({ name: 'One' })).userErrors).toMatchObject([{ code: 'NAME_TAKEN', field: 'name' }]);
  for (const [given, field] of [
    [{ topicId: crypto.randomUUID() }, 'topicId'],
    [{ teamId: crypto.randomUUID() }, 'teamId'],
    [{ watcherIds: [crypto.randomUUID()] }, 'watcherIds'],
    [{ fields: [{ fieldId: crypto.randomUUID(), values: ['1'] }] }, 'fields'],
    [{ subject: 'x'.repeat(256) }, 'subject'],
  ] as const)
    expect((await edit(given)).userErrors).toMatchObject([{ field }]);
  await edit({ subject: 'First' });
  expect((await edit({ subject: 'Second' })).userErrors).toMatchObject([{ code: 'SETTINGS_CONFLICT' }]);
  expect((await edit({ templateId: crypto.randomUUID() })).userErrors).toMatchObject([{ code: 'SETTING_NOT_FOUND' }]);
});
