import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

const CARD = 'id name email emails phones organization externalId notes data { name value } version mergedInto { id }';
const LOOK = `query ($id: ID!) { contact(id: $id) { ${CARD} } }`;
const CREATE = `mutation ($input: ContactCreateInput!) { contactCreate(input: $input) { contact { ${CARD} }
  userErrors { ... on UserError { code field } ... on ContactExists { contactId } ... on ContactsDiffer { contactIds } } } }`;
const EDIT = `mutation ($input: ContactEditInput!) { contactEdit(input: $input) { contact { ${CARD} }
  userErrors { ... on UserError { code field } ... on ContactConflict { version } ... on ContactExists { contactId } } } }`;
const MERGE = `mutation ($input: ContactMergeInput!) { contactMerge(input: $input) { contact { ${CARD} } userErrors { ... on UserError { code field } } } }`;
const FIND = `query ($search: String! = "", $organization: String, $first: Int! = 20, $after: String) {
  contacts(search: $search, organization: $organization, first: $first, after: $after) { edges { node { id name } } pageInfo { hasNextPage endCursor } } }`;
const OPEN = `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id } userErrors { ... on UserError { code } ... on ContactsDiffer { contactIds } } } }`;

let world: World;
let ada: Person;
let boss: Person;

beforeAll(async () => {
  world = await World.open({ nodes: 2, redis: true });
  ada = await world.person('AGENT');
  boss = await world.person('SUPERVISOR');
});
afterAll(() => world.close());

const create = async (input: object) => (await ada.run(CREATE, { input })).contactCreate;
const make = async (input: object) => (await create(input)).contact;
const edit = async (card: { id: string; version: number }, input: object, person = ada) =>
  (
    await person.run(EDIT, {
      input: { contactId: card.id, version: card.version, name: 'Same', emails: [], phones: [], notes: '', ...input },
    })
  ).contactEdit;
const look = async (id: string, person = ada) => (await person.run(LOOK, { id })).contact;
const find = async (input: object, person = ada) =>
  (await person.run(FIND, input)).contacts.edges.map(({ node }: { node: { name: string } }) => node.name);

describe('a client’s card', () => {
  it('holds several addresses, an organization, an id of another system and notes, and is saved as a whole', async () => {
    const card = await make({ name: 'Olha Kravets', email: 'olha@work.test' });
    const open = boss.follow(`subscription { contactChanged(id: "${card.id}") { name emails } }`);
    await open.begun();

    const { contact } = await edit(card, {
      name: 'Olha Kravets-Bondar',
      emails: ['Olha@Home.test', 'olha@work.test', 'olha@home.test', ' '],
      phones: ['+380441112233', '+380501112233'],
      organization: 'Kravets & Co',
      externalId: 'crm-77',
      notes: 'Writes at night.',
    });

    expect(contact).toMatchObject({
      name: 'Olha Kravets-Bondar',
      email: 'olha@home.test',
      emails: ['olha@home.test', 'olha@work.test'],
      phones: ['+380441112233', '+380501112233'],
      organization: 'Kravets & Co',
      externalId: 'crm-77',
      notes: 'Writes at night.',
      version: 2,
    });
    await open.until(({ contactChanged }) => contactChanged?.emails.length === 2);
    // By any address, also one that is misspelt.
    expect(await find({ search: 'olha@work' })).toContain('Olha Kravets-Bondar');
    expect(await find({ organization: 'Kravets & Co' })).toEqual(['Olha Kravets-Bondar']);
    const { organizations } = await ada.run('{ organizations(search: "Krav") { name contacts } }');
    expect(organizations).toEqual([{ name: 'Kravets & Co', contacts: 1 }]);
  });

  it('holds what it has no field for, each once, and keeps it where a program does not speak of it', async () => {
    const card = await make({ name: 'Iryna', data: [{ name: ' Contract ', value: 'Gold' }] });
    const data = [
      { name: 'Contract', value: 'Silver' },
      { name: 'Shoe size', value: '39' },
      { name: '', value: 'nothing' },
    ];
    const { contact } = await edit(card, { data });
    const kept = await edit(contact, { name: 'Iryna K.' });

    expect((await look(card.id)).data).toEqual(data.slice(0, 2));
    expect(kept.contact.data).toEqual(data.slice(0, 2));
    for (const [wrong, words] of [
      [[...data, { name: 'contract', value: 'x' }], 'twice'],
      [[{ name: 'x', value: 'y'.repeat(501) }], '500'],
      [Array.from({ length: 51 }, (_, index) => ({ name: `n${index}`, value: 'x' })), '50'],
    ] as const) {
      const { userErrors } = await ada
        .run(`mutation ($i: ContactEditInput!) { contactEdit(input: $i) { userErrors { ... on UserError { field message } } } }`, {
          i: { contactId: card.id, version: 3, name: 'x', emails: [], phones: [], notes: '', data: wrong },
        })
        .then(({ contactEdit }) => contactEdit);
      expect(userErrors).toEqual([{ field: 'data', message: expect.stringContaining(words) }]);
    }
    const other = await make({
      name: 'Iryna too',
      data: [
        { name: 'CONTRACT', value: 'Bronze' },
        { name: 'Car', value: 'none' },
      ],
    });
    await boss.run(`mutation ($i: ContactMergeInput!) { contactMerge(input: $i) { userErrors { ... on UserError { message } } } }`, {
      i: { sourceId: other.id, destinationId: card.id },
    });
    expect((await look(card.id)).data).toEqual([...data.slice(0, 2), { name: 'Car', value: 'none' }]);
  });

  it('is not overwritten by whoever opened it earlier', async () => {
    const card = await make({ name: 'Two editors' });
    await edit(card, { name: 'First' });

    const { contact, userErrors } = await edit(card, { name: 'Second' });

    expect([contact, userErrors]).toEqual([null, [{ code: 'CONTACT_CONFLICT', field: null, version: 2 }]]);
    expect((await look(card.id)).name).toBe('First');
  });

  it('is found by e-mail first, by all that are known, then by external id; where the two differ, a person decides', async () => {
    const first = await make({ name: 'By mail', email: 'a@match.test' });
    await edit(first, { name: 'By mail', emails: ['a@match.test', 'b@match.test'] });
    const second = await make({ name: 'By id', externalId: 'match-2' });

    expect((await create({ name: 'x', email: 'B@Match.test' })).userErrors).toEqual([
      { code: 'CONTACT_EXISTS', field: 'email', contactId: first.id },
    ]);
    expect((await create({ name: 'x', externalId: 'match-2' })).userErrors).toEqual([
      { code: 'CONTACT_EXISTS', field: 'externalId', contactId: second.id },
    ]);
    const differ = await create({ name: 'x', email: 'b@match.test', externalId: 'match-2' });
    expect(differ.userErrors).toEqual([{ code: 'CONTACTS_DIFFER', field: null, contactIds: [first.id, second.id] }]);
    const { ticketCreate } = await ada.run(OPEN, {
      input: { subject: 'x', newContact: { name: 'x', email: 'b@match.test', externalId: 'match-2' } },
    });
    expect(ticketCreate.userErrors).toEqual([{ code: 'CONTACTS_DIFFER', contactIds: [first.id, second.id] }]);
    expect((await edit(second, { emails: ['b@match.test'], externalId: 'match-2' })).userErrors).toMatchObject([
      { code: 'CONTACT_EXISTS', contactId: first.id },
    ]);
  });

  it('is made once by two who give the same address at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => create({ name: `Racer ${index}`, email: 'race@match.test' })),
    );

    expect(answers.filter(({ contact }) => contact !== null)).toHaveLength(1);
    expect(answers.filter(({ userErrors }) => userErrors[0]?.code === 'CONTACT_EXISTS')).toHaveLength(7);
  });

  it.each([
    [{ name: ' ' }, 'name'],
    [{ emails: ['nonsense'] }, 'email'],
    [{ emails: Array.from({ length: 21 }, (_, index) => `many${index}@match.test`) }, 'emails'],
    [{ notes: 'x'.repeat(10_001) }, 'notes'],
  ])('refuses %j', async (input, field) => {
    const card = await make({ name: 'Faulty' });
    expect((await edit(card, input)).userErrors).toEqual([{ code: 'INVALID_INPUT', field }]);
  });

  it('is listed by name, page by page', async () => {
    for (const name of ['Page a', 'Page b', 'Page c']) await make({ name, organization: 'Pages' });
    const first = (await ada.run(FIND, { organization: 'Pages', first: 2 })).contacts;
    const second = (await ada.run(FIND, { organization: 'Pages', first: 2, after: first.pageInfo.endCursor })).contacts;

    const names = [...first.edges, ...second.edges].map(({ node }: { node: { name: string } }) => node.name);
    expect(names).toEqual(['Page a', 'Page b', 'Page c']);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  });
});

describe('two cards of one person', () => {
  it('become one: tickets, conversations and addresses, with each ticket’s log and what is open telling of it', async () => {
    const source = await make({ name: 'Ivan', email: 'ivan@one.test', phone: '1', organization: 'One', externalId: 'crm-ivan' });
    const destination = await make({ name: 'Ivan Bilyk', email: 'ivan@two.test' });
    const [ticket, other] = [await world.ticket({ requesterId: source.id }), await world.ticket({ requesterId: destination.id })];
    await boss.run(
      `mutation ($input: MessageReceiveInput!) { messageReceive(input: $input) { userErrors { ... on UserError { code } } } }`,
      {
        input: { ticketId: ticket.id, body: '<p>Hello</p>' },
      },
    );
    const open = boss.follow(`subscription { ticketChanged(id: "${ticket.id}") { requester { id } } }`);
    await open.begun();
    const history = boss.follow(`subscription { ticketsChanged(filter: { requesterId: "${destination.id}" }) { kind ticketId } }`);
    await history.begun();

    const { contact, userErrors } = (await boss.run(MERGE, { input: { sourceId: source.id, destinationId: destination.id } })).contactMerge;

    expect(userErrors).toEqual([]);
    expect(contact).toMatchObject({
      id: destination.id,
      name: 'Ivan Bilyk',
      emails: ['ivan@two.test', 'ivan@one.test'],
      phones: ['1'],
      organization: 'One',
      externalId: 'crm-ivan',
    });
    await open.until(({ ticketChanged }) => ticketChanged?.requester.id === destination.id);
    await history.until(({ ticketsChanged: { kind, ticketId } }) => kind === 'ENTERED' && ticketId === ticket.id);
    expect(await look(source.id)).toMatchObject({ emails: [], externalId: null, mergedInto: { id: destination.id } });
    const { tickets } = await boss.run(`query ($id: ID!) { tickets(filter: { requesterId: $id }) { edges { node { id } } } }`, {
      id: destination.id,
    });
    expect(tickets.edges.map(({ node }: { node: { id: string } }) => node.id).sort()).toEqual([ticket.id, other.id].sort());
    const held = await world.sql<{ contact_id: string }>('select contact_id from conversation where ticket_id = ?', [ticket.id]);
    expect(held).toEqual([{ contact_id: destination.id }]);
    // The client of the old card is found under the new one, and the old one is merged no more.
    expect((await create({ name: 'x', email: 'ivan@one.test' })).userErrors).toMatchObject([{ contactId: destination.id }]);
    const again = (await boss.run(MERGE, { input: { sourceId: source.id, destinationId: destination.id } })).contactMerge;
    expect(again.userErrors).toEqual([{ code: 'CONTACT_NOT_FOUND', field: 'contactId' }]);
    expect(await find({ search: 'Ivan' }, boss)).not.toContain('Ivan');
  });

  it('stay two where another system knows two, where one is the other, and for who may not', async () => {
    const [a, b] = [await make({ name: 'A', externalId: 'two-a' }), await make({ name: 'B', externalId: 'two-b' })];
    const merge = async (person: Person, sourceId: string, destinationId: string) =>
      (await person.run(MERGE, { input: { sourceId, destinationId } })).contactMerge.userErrors;

    expect(await merge(boss, a.id, b.id)).toEqual([{ code: 'INVALID_INPUT', field: 'destinationId' }]);
    expect(await merge(boss, a.id, a.id)).toEqual([{ code: 'INVALID_INPUT', field: 'destinationId' }]);
    expect(await merge(ada, a.id, b.id)).toEqual([{ code: 'NOT_PERMITTED', field: null }]);
  });

  it('are merged both ways at once by two people: exactly one of them is', async () => {
    const [a, b] = [await make({ name: 'Race A', email: 'ra@x.test' }), await make({ name: 'Race B', email: 'rb@x.test' })];
    const answers = await Promise.all([
      boss.run(MERGE, { input: { sourceId: a.id, destinationId: b.id } }),
      boss.run(MERGE, { input: { sourceId: b.id, destinationId: a.id } }),
    ]);

    expect(answers.filter(({ contactMerge }) => contactMerge.contact !== null)).toHaveLength(1);
    await waitFor(
      async () => [await look(a.id), await look(b.id)].filter(({ mergedInto }) => mergedInto === null).length === 1,
      'one card',
    );
  });
});

it('keeps of a client from light agents what their ticket does not tell', async () => {
  const light = await world.person('LIGHT_AGENT');
  const card = await make({ name: 'Hidden', email: 'hidden@x.test', externalId: 'hid', phone: '12345' });
  await edit(card, { name: 'Hidden', emails: ['hidden@x.test', 'other@x.test'], externalId: 'hid', notes: 'secret' });
  const { id } = await world.ticket({ requesterId: card.id });
  await light.run(`mutation ($input: WatcherAddInput!) { watcherAdd(input: $input) { userErrors { ... on UserError { code } } } }`, {
    input: { ticketId: id, memberId: light.id },
  });
  await boss.run(`mutation ($input: WatcherAddInput!) { watcherAdd(input: $input) { userErrors { ... on UserError { code } } } }`, {
    input: { ticketId: id, memberId: light.id },
  });

  const { ticket } = await light.run(`query ($id: ID!) { ticket(id: $id) { requester { ${CARD} } } }`, { id });

  expect(ticket.requester).toMatchObject({ name: 'Hidden', email: 'h…@x.test', emails: null, phones: null, externalId: null, notes: null });
  expect(await find({ search: 'hidden' }, light)).toEqual([]);
  expect((await light.run('{ organizations { name } }')).organizations).toEqual([]);
});

describe('two cards that were made one', () => {
  const MERGE_OF = `mutation ($input: ContactMergeInput!) { contactMerge(input: $input) { merge { id source { name } mergedBy { id } } userErrors { ... on UserError { code } } } }`;
  const UNMERGE = `mutation ($id: ID!) { contactUnmerge(input: { mergeId: $id }) { contact { ${CARD} } userErrors { ... on UserError { code field message } } } }`;
  const merge = async (source: { id: string }, destination: { id: string }) =>
    (await boss.run(MERGE_OF, { input: { sourceId: source.id, destinationId: destination.id } })).contactMerge.merge as { id: string };
  const unmerge = async (id: string, person = boss) => (await person.run(UNMERGE, { id })).contactUnmerge;
  const clientOf = async (id: string) =>
    (await boss.run('query ($id: ID!) { ticket(id: $id) { requester { id } } }', { id })).ticket.requester.id;
  let count = 0;
  async function two() {
    const n = ++count;
    const source = await make({
      name: `Source ${n}`,
      email: `source${n}@two.test`,
      phone: `+38050${n}`,
      organization: 'Acme',
      data: [{ name: 'Size', value: 'L' }],
    });
    const { contact } = await edit(source, {
      name: source.name,
      emails: [`source${n}@two.test`, `old${n}@two.test`],
      phones: [`+38050${n}`],
      organization: 'Acme',
      externalId: `crm-two-${n}`,
      notes: 'Calls at noon.',
    });
    return { source: contact, destination: await make({ name: `Destination ${n}`, email: `dest${n}@two.test` }) };
  }

  it('are two again with all that was theirs, and keep what came since where it is', async () => {
    const { source, destination } = await two();
    const [theirs, later] = [await world.ticket({ requesterId: source.id }), await world.ticket({ requesterId: destination.id })];
    const concerned = await world.ticket({ requesterId: (await make({ name: 'Third' })).id });
    await boss.run('mutation ($i: TicketContactInput!) { ticketContactAdd(input: $i) { ticket { id } } }', {
      i: { ticketId: concerned.id, contactId: source.id },
    });
    const { id } = await merge(source, destination);
    const { mergedFrom } = (
      await boss.run('query ($id: ID!) { contact(id: $id) { mergedFrom { id source { name } mergedBy { id } } } }', { id: destination.id })
    ).contact;
    expect(mergedFrom).toEqual([{ id, source: { name: source.name }, mergedBy: { id: boss.id } }]);
    const joined = await look(destination.id);
    expect(joined).toMatchObject({ externalId: source.externalId, organization: 'Acme', emails: [destination.email, ...source.emails] });
    const since = await world.ticket({ requesterId: destination.id });
    const { name, emails, phones, organization, externalId, notes } = joined;
    await edit(joined, { name, emails: [...emails, 'new@two.test'], phones, organization, externalId, notes });

    const { contact, userErrors } = await unmerge(id);

    expect(userErrors).toEqual([]);
    expect(contact).toMatchObject({ ...source, version: expect.any(Number), mergedInto: null });
    expect(await look(destination.id)).toMatchObject({
      emails: [destination.email, 'new@two.test'],
      phones: [],
      externalId: null,
      organization: null,
      notes: '',
      data: [],
    });
    expect(await Promise.all([theirs, later, since].map((ticket) => clientOf(ticket.id)))).toEqual([
      source.id,
      destination.id,
      destination.id,
    ]);
    const { contacts } = (await boss.run('query ($id: ID!) { ticket(id: $id) { contacts { id } } }', { id: concerned.id })).ticket;
    expect(contacts).toEqual([{ id: source.id }]);
    expect((await unmerge(id)).userErrors).toMatchObject([
      { code: 'CONTACT_UNMERGE_REFUSED', message: expect.stringContaining('already') },
    ]);
  });

  it('do not take back what somebody has changed since', async () => {
    const { source, destination } = await two();
    const ticket = await world.ticket({ requesterId: source.id });
    const third = await make({ name: 'Third again' });
    const { id } = await merge(source, destination);
    const joined = await look(destination.id);
    await edit(joined, {
      name: joined.name,
      emails: [`dest${count}@two.test`, `old${count}@two.test`],
      notes: 'Rewritten.',
      organization: 'Other',
      externalId: 'crm-other',
    });
    await boss.run('mutation ($i: TicketEditInput!) { ticketEdit(input: $i) { ticket { id } } }', {
      i: { ticketId: ticket.id, requesterId: { from: destination.id, to: third.id } },
    });

    const { contact } = await unmerge(id);

    expect(contact).toMatchObject({
      emails: [`old${count}@two.test`],
      phones: [],
      externalId: null,
      organization: 'Acme',
      notes: 'Calls at noon.',
    });
    expect(await look(destination.id)).toMatchObject({
      emails: [`dest${count}@two.test`],
      notes: 'Rewritten.',
      organization: 'Other',
      externalId: 'crm-other',
    });
    expect(await clientOf(ticket.id)).toBe(third.id);
  });

  it('stay one after thirty days, once merged further, and for those who may not merge', async () => {
    const { source, destination } = await two();
    const { id } = await merge(source, destination);
    expect((await unmerge(id, ada)).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    const third = await make({ name: 'Further' });
    const further = await merge(destination, third);
    expect((await unmerge(id)).userErrors).toMatchObject([{ message: expect.stringContaining('merged further') }]);
    expect((await unmerge(further.id)).userErrors).toEqual([]);

    await world.sql(`update contact_merge set merged_at = now() - interval '31 days' where id = ?`, [id]);
    expect((await unmerge(id)).userErrors).toMatchObject([{ message: expect.stringContaining('30 days') }]);
    expect(
      (await boss.run('query ($id: ID!) { contact(id: $id) { mergedFrom { id } } }', { id: destination.id })).contact.mergedFrom,
    ).toEqual([]);
    expect((await unmerge(crypto.randomUUID())).userErrors).toMatchObject([{ code: 'CONTACT_UNMERGE_REFUSED' }]);
  });
});
