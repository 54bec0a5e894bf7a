import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { World, type Person, type Reply } from '../../testing/world.ts';

const MERGE = `mutation ($input: TicketMergeInput!) { ticketMerge(input: $input) { source { id status { category } mergedInto { id } mergedAt } destination { mergedTickets { id } } userErrors { __typename ... on UserError { code message } } } }`;
const UNMERGE = `mutation ($input: TicketUnmergeInput!) { ticketUnmerge(input: $input) { ticket { status { category } mergedInto { id } reopenCount } userErrors { ... on UserError { code message } } } }`;
const REPLY = `mutation ($input: ReplySendInput!) { replySend(input: $input) { message { id } userErrors { ... on UserError { code } } } }`;
const RECEIVE = `mutation ($input: MessageReceiveInput!) { messageReceive(input: $input) { message { id } userErrors { ... on UserError { code } } } }`;
const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } userErrors { ... on UserError { code } } } }`;
const TAG = `mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } userErrors { ... on UserError { code message } } } }`;
const WATCH = `mutation ($input: WatcherAddInput!) { watcherAdd(input: $input) { userErrors { ... on UserError { code } } } }`;
const DRAFT = `mutation ($input: DraftSaveInput!) { draftSave(input: $input) { draft { body } } }`;
const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { userErrors { ... on UserError { message } } } }`;
const LINK = `mutation ($id: ID!) { ticketLinkOpen(input: { ticketId: $id }) { ticket { publicLink { url } } } }`;
const TICKET = `query ($id: ID!) { ticket(id: $id) { version status { category } requester { id } tags { name } watchers { id } notes { edges { node { body } } }
  messages { edges { node { body } } } slaClocks { metric state cycle elapsedMs dueAt } activity { edges { node { type } } } } }`;

let world: World;
let team: string;
let ada: Person;
let bob: Person;
let light: Person;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  ada = await world.person('AGENT', { name: 'Ada', teams: [team] });
  bob = await world.person('AGENT', { name: 'Bob', teams: [team] });
  light = await world.person('LIGHT_AGENT', { name: 'Light' });
});
afterEach(() => (world.time.now = null));
afterAll(() => world.close());

const merge = async (sourceId: string, destinationId: string, person = ada) =>
  (await person.run(MERGE, { input: { sourceId, destinationId } })).ticketMerge;
const unmerge = async (ticketId: string, person = ada) => (await person.run(UNMERGE, { input: { ticketId } })).ticketUnmerge;
const start = Date.parse('2026-03-02T08:00:00Z');
const at = (minutes: number) => (world.time.now = new Date(start + minutes * 60_000));

async function look(id: string, person = ada) {
  const { ticket } = await person.run(TICKET, { id });
  const bodies = (rows: { edges: { node: { body: string } }[] }) => rows.edges.map(({ node }) => node.body);
  return {
    ...ticket,
    tags: ticket.tags.map(({ name }: { name: string }) => name),
    watchers: ticket.watchers.map((member: { id: string }) => member.id),
    notes: bodies(ticket.notes),
    messages: bodies(ticket.messages),
    of: (metric: string) => ticket.slaClocks.find((clock: { metric: string }) => clock.metric === metric),
    events: ticket.activity.edges.map(({ node }: { node: { type: string } }) => node.type) as string[],
  };
}

/** Two tickets of one client, each with a note, a message, a tag and a watcher. */
async function pair() {
  const client = await world.contact();
  const [source, destination] = await Promise.all([
    world.ticket({ teamId: team, requesterId: client.id }),
    world.ticket({ teamId: team, requesterId: client.id }),
  ]);
  for (const [{ id }, name, watcher] of [
    [source, 'source', ada],
    [destination, 'destination', bob],
  ] as const) {
    await ada.run(NOTE, {
      input: { ticketId: id, body: `<p>note of ${name} <span data-type="mention" data-id="${light.id}">@L</span></p>` },
    });
    await ada.run(RECEIVE, { input: { ticketId: id, body: `<p>message of ${name}</p>` } });
    await ada.run(TAG, { input: { ticketId: id, add: ['both', name] } });
    await ada.run(WATCH, { input: { ticketId: id, memberId: watcher.id } });
  }
  return { source: source.id, destination: destination.id, client };
}

const short = (html: string) => html.replace(/<[^>]+>/g, '').replace(' @L', '');

describe('a merge', () => {
  it('moves what belongs to the source, adds what lacks, closes it, and leads on to where it went', async () => {
    const { source, destination } = await pair();

    const merged = await merge(source, destination);
    const after = await look(destination);
    const left = await look(source);

    expect(merged.userErrors).toEqual([]);
    expect(merged.source).toMatchObject({ status: { category: 'CLOSED' }, mergedInto: { id: destination } });
    expect(merged.destination.mergedTickets).toEqual([{ id: source }]);
    expect(after.notes.map(short).sort()).toEqual(['note of destination', 'note of source']);
    expect(after.messages.map(short).sort()).toEqual(['message of destination', 'message of source']);
    expect(after.tags).toEqual(['both', 'destination', 'source']);
    // The mentioned watches both.
    expect(after.watchers.sort()).toEqual([ada.id, bob.id, light.id].sort());
    expect(after.events).toContain('ticket.received_merge');
    // What the merge added is told as any tag and any watcher is.
    const told = await world.sql<{ changes: object[] }>(
      'select changes from event where ticket_id = ? and subject_id in (select id from merge) and type in (?, ?) order by ticket_version',
      [destination, 'ticket.tagged', 'watcher.added'],
    );
    expect(told.flatMap(({ changes }) => changes)).toEqual([
      { field: 'tag', from: null, to: 'source' },
      { field: 'watcher', from: null, to: ada.id },
    ]);
    expect([left.notes, left.messages]).toEqual([[], []]);
    expect(left.events).toContain('ticket.merged');
    // Rule 4: it promises nothing any more.
    expect(new Set(left.slaClocks.map(({ state }: { state: string }) => state))).toEqual(new Set(['CANCELLED']));
    // Whom the moved note lets in goes on to read it.
    expect((await light.run(TICKET, { id: destination })).ticket).not.toBeNull();
  });

  it('takes what is written on the source to the destination, also over two merges, and lets nobody edit the source', async () => {
    const { source, destination } = await pair();
    const last = await world.ticket({ teamId: team, requesterId: (await look(source)).requester.id });
    const draft = crypto.randomUUID();
    await bob.run(DRAFT, { input: { ticketId: source, kind: 'NOTE', id: draft, body: '<p>being written</p>', revision: 1 } });
    await merge(source, destination);
    await merge(destination, last.id);
    const kept = await bob.run(`query ($id: ID!) { draft(ticketId: $id, kind: NOTE) { body } }`, { id: source });
    const note = await bob.run(NOTE, { input: { ticketId: source, body: '<p>being written</p>', draftId: draft, seenVersion: 1 } });
    const reply = await bob.run(REPLY, { input: { ticketId: source, body: '<p>answer</p>' } });
    const heard = await bob.run(RECEIVE, { input: { ticketId: source, body: '<p>late</p>' } });
    const edited = await ada.run(TAG, { input: { ticketId: source, add: ['x'] } });

    expect(kept.draft).toEqual({ body: '<p>being written</p>' });
    expect([note.noteAdd.userErrors, reply.replySend.userErrors, heard.messageReceive.userErrors]).toEqual([[], [], []]);
    expect(edited.ticketTag.userErrors).toMatchObject([{ message: expect.stringContaining('was merged into another') }]);
    const final = await look(last.id);
    expect(final.notes.map(short)).toContain('being written');
    expect(final.messages.map(short)).toEqual(expect.arrayContaining(['answer', 'late']));
    expect((await bob.run(`query ($id: ID!) { draft(ticketId: $id, kind: NOTE) { body } }`, { id: source })).draft).toBeNull();
  });

  it('is refused into itself, into one that was merged, and without the right to edit both', async () => {
    const { source, destination } = await pair();
    const third = await world.ticket({ teamId: team });
    await world.sql('update ticket set assignee_id = ? where id = ?', [bob.id, third.id]);
    await merge(source, destination);

    expect((await merge(source, source)).userErrors).toMatchObject([{ code: 'MERGE_REFUSED' }]);
    expect((await merge(third.id, source, bob)).userErrors).toHaveLength(1);
    expect((await merge(source, third.id, bob)).userErrors).toHaveLength(1);
    expect((await merge(destination, third.id)).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect((await merge(destination, crypto.randomUUID())).userErrors).toMatchObject([{ code: 'TICKET_NOT_FOUND' }]);
  });

  it('of two at once, each the other way round, succeeds exactly once', async () => {
    for (let round = 0; round < 5; round++) {
      const { source, destination } = await pair();
      const outcomes = await Promise.all([merge(source, destination), merge(destination, source, bob)]);

      expect(outcomes.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
      const rows = await world.sql('select 1 from ticket where id in (?, ?) and merged_into_id is not null', [source, destination]);
      expect(rows).toHaveLength(1);
    }
  });

  it('leaves the client owed an answer since they first asked (rule 10)', async () => {
    at(0);
    const { source, destination } = await pair();
    for (const id of [source, destination]) await ada.run(REPLY, { input: { ticketId: id, body: '<p>Hello</p>' } });
    await world.rewriteLog(
      `update sla_policy_version set targets = targets || '{"NEXT_RESPONSE": {"NORMAL": {"amount": 2, "unit": "HOURS"}}}'`,
    );
    at(60);
    await ada.run(RECEIVE, { input: { ticketId: source, body: '<p>First</p>' } });
    at(90);
    await ada.run(RECEIVE, { input: { ticketId: destination, body: '<p>Second</p>' } });
    at(100);
    await merge(source, destination);

    expect((await look(destination)).of('NEXT_RESPONSE')).toMatchObject({
      state: 'RUNNING',
      dueAt: new Date(start + 180 * 60_000).toISOString(),
    });
    expect((await look(source)).of('NEXT_RESPONSE')).toMatchObject({ state: 'CANCELLED' });
  });
});

describe('undoing a merge', () => {
  it('gives back exactly what moved, keeps what came since, and lets the clocks go on without the time between', async () => {
    at(0);
    const { source, destination } = await pair();
    at(60);
    const before = await look(source);
    await merge(source, destination);
    at(120);
    await ada.run(NOTE, { input: { ticketId: destination, body: '<p>since</p>' } });
    await ada.run(TAG, { input: { ticketId: destination, remove: ['source'], add: [] } });
    await ada.run(TAG, { input: { ticketId: destination, add: ['source'] } });
    at(600);
    const undone = await unmerge(source);
    const [left, right] = [await look(source), await look(destination)];

    expect(undone).toMatchObject({ userErrors: [], ticket: { status: { category: 'NEW' }, mergedInto: null, reopenCount: 0 } });
    expect([left.notes, left.messages].map((list) => list.map(short))).toEqual([['note of source'], ['message of source']]);
    expect(right.notes.map(short).sort()).toEqual(['note of destination', 'since']);
    expect(right.messages.map(short)).toEqual(['message of destination']);
    // Given again by hand since: theirs. The watcher nobody touched: taken away.
    expect(right.tags).toEqual(['both', 'destination', 'source']);
    expect(right.watchers.sort()).toEqual([bob.id, light.id].sort());
    expect(left.watchers.sort()).toEqual([ada.id, light.id].sort());
    expect(left.of('RESOLUTION')).toMatchObject({ state: 'RUNNING', cycle: 1 });
    expect(Date.parse(left.of('RESOLUTION').dueAt) - Date.parse(before.of('RESOLUTION').dueAt)).toBe(540 * 60_000);
    expect([left.events.at(-1), right.events.at(-1)]).toEqual(['ticket.merge_undone', 'ticket.gave_back_merge']);
    expect((await unmerge(source)).userErrors).toMatchObject([{ code: 'TICKET_NOT_FOUND' }]);
  });

  it('leaves closed what was closed before, and is refused after thirty days and within a chain', async () => {
    const { source, destination } = await pair();
    const third = await world.ticket({ teamId: team });
    await ada.run(STATUS, { input: { ticketId: source, from: world.status('NEW'), to: world.status('CLOSED') } });
    await merge(source, destination);
    await merge(destination, third.id);

    expect((await unmerge(source)).userErrors).toMatchObject([
      { code: 'UNMERGE_REFUSED', message: expect.stringContaining('merged further') },
    ]);
    expect((await unmerge(destination)).userErrors).toEqual([]);
    world.time.now = new Date(Date.now() + 31 * 86_400_000);
    expect((await unmerge(source)).userErrors).toMatchObject([{ code: 'UNMERGE_REFUSED', message: expect.stringContaining('30 days') }]);
    world.time.now = new Date(Date.now() + 29 * 86_400_000);
    expect((await unmerge(source)).ticket).toMatchObject({ status: { category: 'CLOSED' }, mergedInto: null });
  });
});

it('returns the last destination of a merged ticket on request, and the ticket itself without', async () => {
  const FIND = `query ($id: ID!, $number: Int!, $follow: Boolean) {
    ticket(id: $id, followMerges: $follow) { id } ticketByNumber(number: $number, followMerges: $follow) { id mergedInto { id } } }`;
  const [first, second, third, hidden] = [
    await world.ticket({ teamId: team }),
    await world.ticket({ teamId: team }),
    await world.ticket({ teamId: team }),
    await world.ticket({ teamId: team }),
  ];
  await merge(first.id, second.id);
  await merge(second.id, third.id);
  const find = (variables: object, person = ada) => person.run(FIND, { id: first.id, number: first.number, ...variables });

  expect(await find({})).toEqual({ ticket: { id: first.id }, ticketByNumber: { id: first.id, mergedInto: { id: second.id } } });
  expect(await find({ follow: true })).toEqual({ ticket: { id: third.id }, ticketByNumber: { id: third.id, mergedInto: null } });
  // The destination of the last merge is not theirs to read.
  await merge(third.id, hidden.id);
  await world.sql('update ticket set team_id = ? where id = ?', [await world.team(), hidden.id]);
  expect((await find({ follow: true })).ticket).toEqual({ id: third.id });
});

describe('a merge into a ticket with empty fields', () => {
  const FILLED = `query ($id: ID!) { ticket(id: $id) { description topic { id } requester { id } fields { field { id } values } links { role ticket { id } }
    activity { edges { node { type undo changes { field from { text } to { text } } } } } } }`;
  const LINK_TICKETS = `mutation ($input: LinkAddInput!) { linkAdd(input: $input) { userErrors { ... on UserError { message } } } }`;
  const SET = `mutation ($input: TicketSetFieldsInput!) { ticketSetFields(input: $input) { userErrors { ... on UserError { message } } } }`;
  const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { message } } } }`;
  const CREATE_FIELD = `mutation ($input: FieldCreateInput!) { fieldCreate(input: $input) { field { id } userErrors { ... on UserError { message } } } }`;
  const see = async (id: string) => {
    const { activity, ...ticket } = (await ada.run(FILLED, { id })).ticket;
    return { ...ticket, entries: activity.edges.map(({ node }: { node: object }) => node) };
  };
  const makeField = async (owner: Person, input: object): Promise<string> =>
    (await owner.run(CREATE_FIELD, { input: { type: 'TEXT', ...input } })).fieldCreate.field.id;

  async function full() {
    const owner = await world.person('OWNER');
    const key = () => `k${crypto.randomUUID().slice(0, 8)}`;
    const topicId = await world.topic(`Topic ${key()}`);
    const names = () => [{ locale: 'en', text: `Serial ${key()}` }];
    const serial = await makeField(owner, { key: key(), names: names() });
    const ofTopic = await makeField(owner, { key: key(), names: names(), topicIds: [topicId] });
    const shown = await makeField(owner, { key: key(), names: names(), forClients: true });
    const client = await world.contact();
    const source = await world.ticket({ teamId: team, requesterId: client.id, description: '<p>broken</p>', topicId });
    const [destination, related, parent] = await Promise.all([1, 2, 3].map(() => world.ticket({ teamId: team })));
    if (!destination || !related || !parent) throw new Error('three tickets were made');
    const fields = [serial, ofTopic, shown].map((fieldId) => ({ fieldId, to: [`value of ${fieldId}`] }));
    expect((await ada.run(SET, { input: { ticketId: source.id, fields } })).ticketSetFields.userErrors).toEqual([]);
    for (const [otherId, role] of [
      [related.id, 'RELATED'],
      [parent.id, 'PARENT'],
      [destination.id, 'BLOCKED'],
    ])
      await ada.run(LINK_TICKETS, { input: { ticketId: source.id, otherId, role } });
    await ada.run(LINK_TICKETS, { input: { ticketId: destination.id, otherId: related.id, role: 'RELATED' } });
    return { source, destination, related, parent, topicId, client, serial, ofTopic, shown };
  }

  it('fills the description, topic, customer and custom fields, moves the links, and undo restores both tickets', async () => {
    const { source, destination, related, parent, topicId, client, serial, ofTopic, shown } = await full();
    const [before, sourceBefore] = [await see(destination.id), await see(source.id)];

    expect((await merge(source.id, destination.id)).userErrors).toEqual([]);
    const after = await see(destination.id);
    expect(after).toMatchObject({ description: '<p>broken</p>', topic: { id: topicId }, requester: { id: client.id } });
    const valueOf = (id: string) => after.fields.find(({ field }: { field: { id: string } }) => field.id === id).values;
    for (const id of [serial, ofTopic, shown]) expect(valueOf(id)).toEqual([`value of ${id}`]);
    expect(after.links).toEqual(
      expect.arrayContaining([
        { role: 'RELATED', ticket: { id: related.id } },
        { role: 'PARENT', ticket: { id: parent.id } },
        { role: 'BLOCKER', ticket: { id: source.id } },
      ]),
    );
    expect(after.links).toHaveLength(3);
    expect((await see(parent.id)).links).toEqual([{ role: 'CHILD', ticket: { id: destination.id } }]);
    const changed = after.entries.flatMap(({ changes }: { changes: { field: string }[] }) => changes.map(({ field }) => field));
    expect(changed).toEqual(expect.arrayContaining(['description', 'topicId', 'requesterId', `field:${serial}`, 'link']));
    // These entries belong to the merge and cannot be undone one by one.
    const undone = after.entries.slice(before.entries.length).map(({ undo }: { undo: string | null }) => undo);
    expect(new Set(undone)).toEqual(new Set([null, 'MERGE']));

    expect((await unmerge(source.id)).userErrors).toEqual([]);
    const { entries: _, ...restored } = await see(destination.id);
    const { entries: __, ...was } = before;
    expect(restored).toEqual(was);
    const { entries: ___, ...sourceRestored } = await see(source.id);
    const { entries: ____, ...sourceWas } = sourceBefore;
    expect({ ...sourceRestored, links: new Set(sourceRestored.links.map(JSON.stringify)) }).toEqual({
      ...sourceWas,
      links: new Set(sourceWas.links.map(JSON.stringify)),
    });
  });

  it('keeps what was changed after the merge when the merge is undone', async () => {
    const { source, destination, serial } = await full();
    await merge(source.id, destination.id);
    await ada.run(EDIT, { input: { ticketId: destination.id, description: { from: '<p>broken</p>', to: '<p>rewritten</p>' } } });
    await ada.run(SET, { input: { ticketId: destination.id, fields: [{ fieldId: serial, to: ['new'] }] } });

    expect((await unmerge(source.id)).userErrors).toEqual([]);
    const after = await see(destination.id);
    expect(after).toMatchObject({ description: '<p>rewritten</p>', topic: null, requester: null });
    expect(after.fields.find(({ field }: { field: { id: string } }) => field.id === serial).values).toEqual(['new']);
    expect((await see(source.id)).description).toBe('<p>broken</p>');
  });

  it('keeps values of the destination, and gives the customer of another ticket no field that customers see', async () => {
    const { source, destination, serial, shown } = await full();
    const other = await world.contact();
    await ada.run(EDIT, {
      input: { ticketId: destination.id, description: { from: '', to: '<p>own</p>' }, requesterId: { from: null, to: other.id } },
    });
    await ada.run(SET, { input: { ticketId: destination.id, fields: [{ fieldId: serial, to: ['own'] }] } });
    await merge(source.id, destination.id);

    const after = await see(destination.id);
    const valueOf = (id: string) => after.fields.find(({ field }: { field: { id: string } }) => field.id === id).values;
    expect(after).toMatchObject({ description: '<p>own</p>', requester: { id: other.id } });
    expect([valueOf(serial), valueOf(shown)]).toEqual([['own'], []]);
  });

  it('merges although the topic that comes along has a required field without a value', async () => {
    const { source, destination, topicId } = await full();
    const owner = await world.person('OWNER');
    const key = `k${crypto.randomUUID().slice(0, 8)}`;
    await makeField(owner, { key, names: [{ locale: 'en', text: 'Needed' }], topicIds: [topicId], required: 'ALWAYS' });

    expect((await merge(source.id, destination.id)).userErrors).toEqual([]);
    expect((await see(destination.id)).topic).toEqual({ id: topicId });
  });
});

describe('the link of a merged ticket', () => {
  const ask = async (token: string): Promise<Reply> => {
    const response = await fetch(`http://${world.node(0).url}/client/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ ticket { state messages { body } } }' }),
    });
    return (await response.json()) as Reply;
  };
  const linkTo = async (id: string): Promise<string> => (await ada.run(LINK, { id })).ticketLinkOpen.ticket.publicLink.url.split('#')[1];

  it('shows the destination to its client, and nothing of it to the client of another', async () => {
    const { source, destination } = await pair();
    const stranger = await world.contact();
    const foreign = await world.ticket({ teamId: team, requesterId: stranger.id });
    await ada.run(RECEIVE, { input: { ticketId: foreign.id, body: '<p>of a stranger</p>' } });
    const [own, theirs] = [await linkTo(source), await linkTo(foreign.id)];
    await merge(source, destination);
    await merge(foreign.id, destination);

    const { data } = await ask(own);
    expect(data.ticket.state).toBe('NEW');
    expect(data.ticket.messages.map(({ body }: { body: string }) => short(body))).toContain('message of destination');
    expect(JSON.stringify(data)).not.toContain('of a stranger');
    expect((await look(destination)).messages.map(short)).toContain('of a stranger');
    expect((await ask(theirs)).data.ticket).toEqual({ state: 'CLOSED', messages: [] });
  });
});
