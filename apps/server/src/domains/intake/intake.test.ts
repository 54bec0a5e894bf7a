import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

const CREATE = `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) {
  ticket { id number subject priority status { category } assignee { name } requester { id name email } watchers { name } slaClocks { state } }
  userErrors { __typename ... on UserError { code field message } ... on ContactsDiffer { contactIds } } } }`;
const CONTACTS = `query ($search: String!) { contacts(search: $search) { edges { node { id name email } } } }`;

let world: World;
let ada: Person;

beforeAll(async () => {
  world = await World.open();
  ada = await world.person('AGENT', { name: 'Ada' });
});
afterAll(() => world.close());

it('makes a ticket with a new client, its watchers and running clocks', async () => {
  const boss = await world.person('SUPERVISOR', { name: 'Boss' });

  const { ticketCreate } = await ada.run(CREATE, {
    input: {
      subject: '  Printer   is on fire ',
      priority: 'CRITICAL',
      assigneeId: ada.id,
      newContact: { name: 'Оксана Їжакевич', email: 'Oksana@Example.org' },
      watcherIds: [boss.id, boss.id],
    },
  });

  expect(ticketCreate).toMatchObject({
    userErrors: [],
    ticket: {
      subject: 'Printer is on fire',
      status: { category: 'NEW' },
      assignee: { name: 'Ada' },
      requester: { name: 'Оксана Їжакевич', email: 'oksana@example.org' },
      watchers: [{ name: 'Boss' }],
      slaClocks: [{ state: 'RUNNING' }, { state: 'RUNNING' }],
    },
  });
});

it('makes nothing at all when a part is refused', async () => {
  const count = async () =>
    (await world.sql<{ n: string }>('select (select count(*) from ticket) + (select count(*) from contact) as n'))[0]?.n;
  const before = await count();

  const { ticketCreate } = await ada.run(CREATE, {
    input: { subject: 'Half', newContact: { name: 'Half Done' }, watcherIds: [world.workspaceId] },
  });

  expect(ticketCreate.userErrors).toMatchObject([{ __typename: 'ReferenceNotFound', field: 'memberId' }]);
  expect(await count()).toBe(before);
});

it('names the field of what is wrong', async () => {
  const refusal = async (input: object) => (await ada.run(CREATE, { input })).ticketCreate.userErrors[0];

  expect(await refusal({ subject: ' ', internal: true })).toMatchObject({ code: 'INVALID_INPUT', field: 'subject' });
  expect(await refusal({ subject: 'x'.repeat(256), internal: true })).toMatchObject({ code: 'INVALID_INPUT', field: 'subject' });
  expect(await refusal({ subject: 'Mail', newContact: { name: 'No mail', email: 'nowhere' } })).toMatchObject({
    code: 'INVALID_INPUT',
    field: 'email',
  });
  expect(await refusal({ subject: 'Who', requesterId: world.workspaceId })).toMatchObject({
    code: 'REFERENCE_NOT_FOUND',
    field: 'requesterId',
  });
});

it('needs a customer for a ticket that is not internal, also when the customer is removed later', async () => {
  const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { ticket { internal requester { id } } userErrors { ... on UserError { code field message } } } }`;
  const MADE = `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id internal requester { id } } userErrors { ... on UserError { code field message } } } }`;
  const create = async (input: object) => (await ada.run(MADE, { input: { subject: 'Kind', ...input } })).ticketCreate;
  const customer = await world.contact();

  expect(await create({})).toEqual({
    ticket: null,
    userErrors: [{ code: 'INVALID_INPUT', field: 'requesterId', message: expect.stringContaining('mark the ticket as internal') }],
  });
  expect((await create({ internal: true })).ticket).toMatchObject({ internal: true, requester: null });
  expect((await create({ internal: true, requesterId: customer.id })).userErrors).toMatchObject([{ field: 'internal' }]);
  const { ticket } = await create({ requesterId: customer.id });
  expect(ticket).toMatchObject({ internal: false, requester: { id: customer.id } });

  const remove = async (more: object) =>
    (await ada.run(EDIT, { input: { ticketId: ticket.id, requesterId: { from: customer.id, to: null }, ...more } })).ticketEdit;
  expect((await remove({})).userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'requesterId' }]);
  expect(await remove({ internal: true })).toEqual({ ticket: { internal: true, requester: null }, userErrors: [] });
});

it('offers the client who has the address already', async () => {
  const create = (name: string) =>
    ada.run(
      `mutation ($input: ContactCreateInput!) { contactCreate(input: $input) { contact { id } userErrors { __typename ... on ContactExists { contactId } } } }`,
      { input: { name, email: 'same@example.org' } },
    );
  const first = await create('First');

  const second = await create('Second');

  expect(second.contactCreate.userErrors).toEqual([{ __typename: 'ContactExists', contactId: first.contactCreate.contact.id }]);
});

it('links a known customer by email, else by external ID, and refuses with both where they differ', async () => {
  const create = async (newContact: object) => (await ada.run(CREATE, { input: { subject: 'Known', newContact } })).ticketCreate;
  const contact = async (input: object) =>
    (await ada.run('mutation ($input: ContactCreateInput!) { contactCreate(input: $input) { contact { id } } }', { input })).contactCreate
      .contact;
  const byEmail = await contact({ name: 'Known', email: 'known@example.org' });
  const byId = await contact({ name: 'From the shop', externalId: 'shop-1' });
  await world.sql(
    `insert into contact_address (workspace_id, contact_id, kind, value, place) values (?, ?, 'EMAIL', 'second@example.org', 1)`,
    [world.workspaceId, byEmail.id],
  );
  const before = await world.sql('select id, name, email, external_id, version from contact order by id');

  const linked = [
    await create({ name: 'Other name', email: '<Known@Example.org>;' }),
    await create({ name: 'Other name', email: 'second@example.org', externalId: 'new-id' }),
    await create({ name: 'Other name', externalId: 'shop-1' }),
    await create({ name: 'Other name', email: 'new@shop.example', externalId: 'shop-1' }),
  ];
  const differ = await create({ name: 'Which', email: 'known@example.org', externalId: 'shop-1' });

  expect(linked.map(({ ticket }) => ticket.requester.id)).toEqual([byEmail.id, byEmail.id, byId.id, byId.id]);
  expect(differ).toMatchObject({ ticket: null, userErrors: [{ __typename: 'ContactsDiffer', contactIds: [byEmail.id, byId.id] }] });
  // What is stored of them stays as it is.
  expect(await world.sql('select id, name, email, external_id, version from contact order by id')).toEqual(before);
});

it('creates one customer for parallel tickets with the same new address', async () => {
  const made = await Promise.all(
    Array.from({ length: 6 }, () =>
      ada.run(CREATE, { input: { subject: 'Storm', newContact: { name: 'Storm', email: 'storm@example.org' } } }),
    ),
  );

  expect(new Set(made.map(({ ticketCreate }) => ticketCreate.ticket.requester.id)).size).toBe(1);
});

it.each(['<a@b.test>', 'mailto:a@b.test', 'a@b.test;', 'a@b.test.', 'Ann <A@B.test>'])(
  'cleans the address %s on every path',
  async (given) => {
    const { ticketCreate } = await ada.run(CREATE, { input: { subject: 'Clean', newContact: { name: 'Ann', email: given } } });

    expect(ticketCreate.ticket.requester.email).toBe('a@b.test');
  },
);

it('numbers tickets without gaps, however many are made at once', async () => {
  const made = await Promise.all(
    Array.from({ length: 12 }, (_, index) => ada.run(CREATE, { input: { subject: `Many ${index}`, internal: true } })),
  );

  const numbers = made.map(({ ticketCreate }) => ticketCreate.ticket.number).sort((a, b) => a - b);
  expect(numbers).toEqual(numbers.map((_, index) => numbers[0] + index));
});

it.each(['LIGHT_AGENT', 'GUEST'] as const)('lets a %s create neither tickets nor clients, and search none', async (role) => {
  const person = await world.person(role);

  expect((await person.run(CREATE, { input: { subject: 'No', internal: true } })).ticketCreate.userErrors).toMatchObject([
    { code: 'NOT_PERMITTED' },
  ]);
  expect((await person.run(CONTACTS, { search: '' })).contacts.edges).toEqual([]);
});

it('finds a client by a part of the name, in both alphabets, also misspelt', async () => {
  const names = async (search: string) =>
    (await ada.run(CONTACTS, { search })).contacts.edges.map(({ node }: { node: { name: string } }) => node.name);
  await ada.run(CREATE, { input: { subject: 'x', newContact: { name: 'Leila Haddad', email: 'leila@example.net' } } });

  expect(await names('leila')).toContain('Leila Haddad');
  expect(await names('hadad')).toContain('Leila Haddad');
  expect(await names('їжак')).toContain('Оксана Їжакевич');
  expect(await names('example.net')).toContain('Leila Haddad');
});

it('shows a light agent a client’s name and hides the address', async () => {
  const team = await world.team();
  const light = await world.person('LIGHT_AGENT', { teams: [team] });
  const { ticketCreate } = await ada.run(CREATE, {
    input: { subject: 'Mask', newContact: { name: 'Mask Me', email: 'secret@example.com', phone: '+380441234567' } },
  });
  await world.sql('update ticket set team_id = ? where id = ?', [team, ticketCreate.ticket.id]);

  const { ticket } = await light.run(`query ($id: ID!) { ticket(id: $id) { requester { id name email phone } } }`, {
    id: ticketCreate.ticket.id,
  });
  const direct = await light.run(`query ($id: ID!) { contact(id: $id) { email } }`, { id: ticket.requester.id });

  expect(ticket.requester).toMatchObject({ name: 'Mask Me', email: 's…@example.com', phone: '…67' });
  expect(direct.contact).toBeNull();
});
