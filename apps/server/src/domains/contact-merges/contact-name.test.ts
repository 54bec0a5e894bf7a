import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

let world: World;
let owner: Person;

beforeAll(async () => {
  world = await World.open();
  owner = await world.person('OWNER');
});
afterAll(() => world.close());

const NAMES = 'contact { id name firstName lastName version } userErrors { ... on UserError { code field } }';
const CREATE = `mutation ($input: ContactCreateInput!) { contactCreate(input: $input) { ${NAMES} } }`;
const EDIT = `mutation ($input: ContactEditInput!) { contactEdit(input: $input) { ${NAMES} } }`;
const create = async (input: object) => (await owner.run(CREATE, { input })).contactCreate;
const edit = async ({ id, version }: { id: string; version: number }, input: object) =>
  (await owner.run(EDIT, { input: { contactId: id, version, emails: [], phones: [], notes: '', ...input } })).contactEdit;

describe('the name of a customer', () => {
  it.each([
    [
      { firstName: 'Olena', lastName: 'Kovalenko' },
      { name: 'Olena Kovalenko', firstName: 'Olena', lastName: 'Kovalenko' },
    ],
    [{ firstName: ' Olena ' }, { name: 'Olena', firstName: 'Olena', lastName: null }],
    [{ lastName: 'Kovalenko' }, { name: 'Kovalenko', firstName: null, lastName: 'Kovalenko' }],
    [{ name: 'Kettle Works Ltd' }, { name: 'Kettle Works Ltd', firstName: null, lastName: null }],
    [
      { name: 'Ignored', firstName: 'Olena' },
      { name: 'Olena', firstName: 'Olena', lastName: null },
    ],
  ])('given as %o is kept as %o', async (given, kept) => {
    expect((await create(given)).contact).toMatchObject(kept);
  });

  it.each([
    [{}, 'name'],
    [{ firstName: '', lastName: ' ' }, 'name'],
    [{ firstName: 'x'.repeat(100), lastName: 'y'.repeat(100) }, 'lastName'],
  ])('is refused when given as %o', async (given, field) => {
    expect((await create(given)).userErrors).toEqual([{ code: 'INVALID_INPUT', field }]);
  });

  it('changes with its parts, and keeps them when an edit sends the displayed name back', async () => {
    const { contact: made } = await create({ firstName: 'Olena', lastName: 'Kovalenko' });
    const { contact: married } = await edit(made, { firstName: 'Olena', lastName: 'Shevchuk' });
    expect(married).toMatchObject({ name: 'Olena Shevchuk' });
    const { contact: same } = await edit(married, { name: 'Olena Shevchuk' });
    expect(same).toMatchObject({ firstName: 'Olena', lastName: 'Shevchuk' });
    const { contact: company } = await edit(same, { name: 'Shevchuk & Co' });
    expect(company).toMatchObject({ name: 'Shevchuk & Co', firstName: null, lastName: null });
  });

  it('is found by the first name, by the last name and in either order', async () => {
    const { contact } = await create({ firstName: 'Zinoviia', lastName: 'Wyhovsky' });
    for (const search of ['zinoviia', 'Wyhovsky', 'wyhovsky zinoviia']) {
      const { contacts } = await owner.run('query ($search: String!) { contacts(search: $search) { edges { node { id } } } }', { search });
      expect(contacts.edges[0]?.node.id, search).toBe(contact.id);
    }
  });

  it('stays the destination\u2019s in a merge, and goes with an erasure', async () => {
    const { contact: source } = await create({ firstName: 'Olena', lastName: 'Kovalenko' });
    const { contact: destination } = await create({ firstName: 'Olena', lastName: 'Shevchuk' });
    await owner.run('mutation ($i: ContactMergeInput!) { contactMerge(input: $i) { merge { id } } }', {
      i: { sourceId: source.id, destinationId: destination.id },
    });
    const look = async () =>
      (await owner.run(`query ($id: ID!) { contact(id: $id) { name firstName lastName } }`, { id: destination.id })).contact;
    expect(await look()).toEqual({ name: 'Olena Shevchuk', firstName: 'Olena', lastName: 'Shevchuk' });
    await owner.run('mutation ($id: ID!) { contactErase(input: { contactId: $id }) { userErrors { ... on UserError { code } } } }', {
      id: destination.id,
    });
    expect(await look()).toEqual({ name: 'Erased', firstName: null, lastName: null });
  });
});
