import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';
import { importFile } from '../import/index.ts';
import type { Contact } from '../contacts/index.ts';

let world: World;
let boss: Person;
/** Was merged into `current`. */
let former: Contact;
let current: Contact;

beforeAll(async () => {
  world = await World.open();
  boss = await world.person('OWNER', { name: 'Boss' });
});
afterAll(() => world.close());
beforeEach(async () => {
  [former, current] = [await world.contact({ name: 'Former' }), await world.contact({ name: 'Current' })];
  await merge(former, current);
});

async function act(name: string, input: object, select = '__typename', type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`) {
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${select} userErrors { ... on UserError { code field message } } } }`;
  const answer = (await boss.run(query, { input }))[name];
  expect(answer.userErrors, name).toEqual([]);
  return answer;
}

const merge = (source: Contact, destination: Contact) =>
  act('contactMerge', { sourceId: source.id, destinationId: destination.id }, 'merge { id }');
const TICKET = 'ticket { id requester { id } contacts { id } fields { values } }';
const open = async (input: object) =>
  (await act('ticketCreate', { subject: 'Kettle', internal: !('requesterId' in input), ...input }, TICKET)).ticket;
const look = async (id: string) =>
  (await boss.run(`query ($id: ID!) { ticket(id: $id) { requester { id } contacts { id } fields { field { key } values } } }`, { id }))
    .ticket;
const listed = async (filter: object): Promise<string[]> =>
  (
    await boss.run('query ($filter: TicketFilterInput!) { tickets(filter: $filter) { edges { node { id } } } }', { filter })
  ).tickets.edges.map(({ node }: { node: { id: string } }) => node.id);

async function contactField(): Promise<string> {
  const key = `c${crypto.randomUUID().slice(0, 8)}`;
  return (await act('fieldCreate', { key, type: 'CONTACT', names: [{ locale: 'en', text: key }] }, 'field { id }')).field.id;
}

describe('a reference to a merged contact resolves to its destination', () => {
  it('when a ticket is created or edited, and when a contact is added to it or removed', async () => {
    const { id, requester } = await open({ requesterId: former.id });
    const other = await open({});
    await act('ticketEdit', { ticketId: other.id, requesterId: { from: null, to: former.id } });
    const stranger = await world.contact();
    const third = await open({ requesterId: stranger.id });
    await act('ticketContactAdd', { ticketId: third.id, contactId: former.id }, '__typename', 'TicketContactInput');

    expect(requester.id).toBe(current.id);
    expect((await look(other.id)).requester.id).toBe(current.id);
    expect((await look(third.id)).contacts).toEqual([{ id: current.id }]);

    await act('ticketContactRemove', { ticketId: third.id, contactId: former.id }, '__typename', 'TicketContactInput');
    // An edit that started before the merge.
    await act('ticketEdit', { ticketId: id, requesterId: { from: former.id, to: stranger.id } });
    expect((await look(third.id)).contacts).toEqual([]);
    expect((await look(id)).requester.id).toBe(stranger.id);
  });

  it('through a chain of merges', async () => {
    const last = await world.contact({ name: 'Last' });
    await merge(current, last);

    expect((await open({ requesterId: former.id })).requester.id).toBe(last.id);
  });

  it('in conversations, blocks, merges and custom fields', async () => {
    const { conversation } = await act('conversationOpen', { contactId: former.id, body: 'Hello' }, 'conversation { contact { id } }');
    const blocked = await act('contactBlock', { contactId: former.id, blocked: true }, 'contact { id }');
    await act('contactBlock', { contactId: current.id, blocked: false });
    const another = await world.contact();
    const merged = await act('contactMerge', { sourceId: another.id, destinationId: former.id }, 'contact { id }');
    const fieldId = await contactField();
    const ticket = await open({ fields: [{ fieldId, to: [former.id] }] });

    expect(conversation.contact.id).toBe(current.id);
    expect(blocked.contact.id).toBe(current.id);
    expect(merged.contact.id).toBe(current.id);
    expect((await look(ticket.id)).fields).toContainEqual({ field: { key: expect.any(String) }, values: [current.id] });
  });

  it('in custom fields that named it before the merge, until that is undone', async () => {
    const fieldId = await contactField();
    const [one, two] = [await world.contact(), await world.contact()];
    const [kept, changed] = [await open({ fields: [{ fieldId, to: [one.id] }] }), await open({ fields: [{ fieldId, to: [one.id] }] })];
    const valueOn = async (id: string) => (await look(id)).fields.flatMap(({ values }: { values: string[] }) => values);
    const { merge: done } = await merge(one, two);
    const merged = [await valueOn(kept.id), await valueOn(changed.id)];
    await act('ticketSetFields', { ticketId: changed.id, fields: [{ fieldId, to: [current.id] }] });
    await act('contactUnmerge', { mergeId: done.id });

    expect(merged).toEqual([[two.id], [two.id]]);
    expect([await valueOn(kept.id), await valueOn(changed.id)]).toEqual([[one.id], [current.id]]);
  });

  it('in filters of lists, views, bulk actions and the search, and among similar tickets', async () => {
    const fieldId = await contactField();
    const ticket = await open({ subject: 'Samovar leaks', requesterId: current.id, fields: [{ fieldId, to: [current.id] }] });
    const filter = { requesterId: former.id };
    const { view } = await act(
      'viewCreate',
      { name: 'Theirs', filter: { any: [filter] }, order: 'UPDATED', audience: 'PRIVATE' },
      'view { id count }',
    );
    const { job } = await act('bulkStart', { filter, action: { addTags: ['found'] } }, 'job { total }');
    const { search } = await boss.run(
      'query ($filter: TicketFilterInput!) { search(text: "samovar", filter: $filter) { edges { node { ticket { id } } } } }',
      {
        filter,
      },
    );
    const { similarTickets } = await boss.run('query ($id: ID!) { similarTickets(requesterId: $id, subject: "Samovar leaks") { id } }', {
      id: former.id,
    });

    expect(await listed(filter)).toEqual([ticket.id]);
    expect(await listed({ not: { not: filter } })).toEqual([ticket.id]);
    expect(await listed({ fields: [{ fieldId, values: [former.id] }] })).toEqual([ticket.id]);
    expect([view.count, job.total]).toEqual([1, 1]);
    expect(search.edges).toEqual([{ node: { ticket: { id: ticket.id } } }]);
    expect(similarTickets).toEqual([{ id: ticket.id }]);
  });

  it('in live lists and counts, which start again when a contact in their filter is merged', async () => {
    const [one, two] = [await world.contact(), await world.contact()];
    await open({ requesterId: one.id });
    const { view } = await act(
      'viewCreate',
      { name: 'One', filter: { requesterId: one.id }, order: 'UPDATED', audience: 'PRIVATE' },
      'view { id }',
    );
    const changes = 'kind ticketId';
    const list = boss.follow(`subscription ($filter: TicketFilterInput!) { ticketsChanged(filter: $filter) { ${changes} } }`, {
      filter: { requesterId: one.id },
    });
    const inView = boss.follow(`subscription ($id: ID!) { viewChanged(viewId: $id) { ${changes} } }`, { id: view.id });
    const views = boss.follow('subscription { viewsChanged { id } }');
    await views.begun();
    // Both lists are open once they tell of a new ticket.
    const second = await open({ requesterId: one.id });
    await list.until(({ ticketsChanged }) => ticketsChanged.ticketId === second.id);
    await inView.until(({ viewChanged }) => viewChanged.ticketId === second.id);
    const before = views.received.length;

    await merge(one, two);
    await list.until(({ ticketsChanged }) => ticketsChanged.kind === 'RELOAD');
    await inView.until(({ viewChanged }) => viewChanged.kind === 'RELOAD');
    await waitFor(() => views.received.length > before, 'the views to be read again');
    const again = boss.follow(`subscription ($filter: TicketFilterInput!) { ticketsChanged(filter: $filter) { ${changes} } }`, {
      filter: { requesterId: one.id },
    });
    const counts = boss.follow('subscription ($ids: [ID!]) { viewCountsChanged(viewIds: $ids) { count } }', { ids: [view.id] });
    await counts.until(({ viewCountsChanged }) => viewCountsChanged[0].count === 2);
    const { id } = await open({ requesterId: two.id });

    await again.until(({ ticketsChanged }) => ticketsChanged.kind === 'ENTERED' && ticketsChanged.ticketId === id);
    await counts.until(({ viewCountsChanged }) => viewCountsChanged[0].count === 3);
  });

  it('in an import, by every address that it had', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'baton-references-')), 'tickets.csv');
    writeFileSync(path, `Subject,Customer Name,Customer Email\nImported,Petro Former,${former.email}\n`);
    await importFile(world.desk.systemScope(world.workspaceId), {
      path,
      mapping: {},
      onStart: () => undefined,
      onRefused: ({ reason }) => expect.unreachable(reason),
      onProgress: () => undefined,
    });

    expect(await listed({ requesterId: current.id })).toHaveLength(1);
    expect(await world.sql('select 1 from contact where name = ?', ['Petro Former'])).toEqual([]);
  });

  it('when its data is exported and erased', async () => {
    const { id } = await open({ subject: 'Private matter', requesterId: former.id });
    const exported = await act('contactExport', { contactId: former.id }, 'document', 'ContactDataInput');
    await act('contactErase', { contactId: former.id }, '__typename', 'ContactDataInput');

    expect(exported.document).toContain('Private matter');
    expect((await boss.run('query ($id: ID!) { ticket(id: $id) { subject } }', { id })).ticket.subject).toBe('Erased');
    expect((await boss.run('query ($id: ID!) { contact(id: $id) { name } }', { id: current.id })).contact.name).toBe('Erased');
  });
});

it('never leaves a ticket with a contact that is merged while the ticket is created', async () => {
  for (let round = 0; round < 5; round++) {
    const [one, two] = [await world.contact(), await world.contact()];
    const work = Array.from({ length: 6 }, () => open({ requesterId: one.id }));
    await Promise.all([...work, merge(one, two), open({ requesterId: one.id })]);

    expect(await listed({ requesterId: two.id })).toHaveLength(7);
  }
  expect(await world.sql('select 1 from ticket t join contact c on c.id = t.requester_id where c.merged_into_id is not null')).toEqual([]);
});
