import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World, type Person, type Reply } from '../../testing/world.ts';

let world: World;
let owner: Person;

beforeAll(async () => {
  world = await World.open();
  owner = await world.person('OWNER');
});
afterAll(() => world.close());

const CREATE = `mutation ($input: ContactCreateInput!) { contactCreate(input: $input) { contact { id locale version } userErrors { ... on UserError { code field message } } } }`;
const EDIT = `mutation ($input: ContactEditInput!) { contactEdit(input: $input) { contact { locale } userErrors { ... on UserError { code field } } } }`;
const create = async (locale: string | null) =>
  (await owner.run(CREATE, { input: { name: 'Olha', email: `${crypto.randomUUID()}@example.test`, locale } })).contactCreate;
const locales = async (...ids: string[]) =>
  Promise.all(ids.map(async (id) => (await owner.run('query ($id: ID!) { contact(id: $id) { locale } }', { id })).contact?.locale));

describe('the language of a customer', () => {
  it.each([
    ['uk', 'uk'],
    ['uk-UA', 'uk'],
    ['EN_us', 'en'],
    [null, null],
    ['', null],
  ])('is read from the tag %s as %s', async (tag, locale) => {
    expect((await create(tag)).contact).toMatchObject({ locale });
  });

  it('is refused when it is not supported', async () => {
    expect(await create('de')).toEqual({
      contact: null,
      userErrors: [{ code: 'INVALID_INPUT', field: 'locale', message: 'Unsupported language: de. Allowed: en, uk.' }],
    });
  });

  it('stays when an edit leaves it out, and can be changed and unset', async () => {
    const { id, version } = (await create('uk')).contact;
    const card = { contactId: id, name: 'Olha', emails: [], phones: [], notes: '' };
    expect((await owner.run(EDIT, { input: { ...card, version } })).contactEdit.contact).toEqual({ locale: 'uk' });
    expect((await owner.run(EDIT, { input: { ...card, version: version + 1, locale: 'en' } })).contactEdit.contact).toEqual({
      locale: 'en',
    });
    expect((await owner.run(EDIT, { input: { ...card, version: version + 2, locale: null } })).contactEdit.contact).toEqual({
      locale: null,
    });
  });

  it('is taken over by a merge into a customer without one, and given back when the merge is undone', async () => {
    const [source, destination] = [(await create('uk')).contact, (await create(null)).contact];
    const merged = await owner.run('mutation ($i: ContactMergeInput!) { contactMerge(input: $i) { merge { id } } }', {
      i: { sourceId: source.id, destinationId: destination.id },
    });
    expect(await locales(destination.id)).toEqual(['uk']);
    await owner.run('mutation ($i: ContactUnmergeInput!) { contactUnmerge(input: $i) { userErrors { ... on UserError { message } } } }', {
      i: { mergeId: merged.contactMerge.merge.id },
    });
    expect(await locales(source.id, destination.id)).toEqual(['uk', null]);
  });

  it('is the language of the footer of replies and of the customer page', async () => {
    const { contact } = await create('uk');
    const { id } = await world.ticket({ requesterId: contact.id });
    await owner.run('mutation ($i: ReplySendInput!) { replySend(input: $i) { userErrors { ... on UserError { message } } } }', {
      i: { ticketId: id, body: '<p>Hello</p>' },
    });
    const [letter] = await world.sql<{ body: string }>('select body from outgoing_mail where ? = any(ticket_ids)', [id]);
    expect(letter?.body).toContain('Усе про це звернення');
    const [, token] = /#(\S+)/.exec(letter?.body ?? '') ?? [];
    const response = await fetch(`http://${world.node(0).url}/client/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ ticket { locale } }' }),
    });
    expect(((await response.json()) as Reply).data.ticket).toEqual({ locale: 'uk' });
  });
});
