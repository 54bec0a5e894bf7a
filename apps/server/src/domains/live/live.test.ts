import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

const CHANGED = `subscription ($id: ID!) { ticketChanged(id: $id) { subject version status { category } assignee { name } tags { name } watchers { name }
  notes { edges { node { body } } } slaClocks { metric state } activity { edges { node { type } } } } }`;
const PRESENCE = `subscription ($id: ID!) { presenceChanged(ticketId: $id) { activity field member { name } } }`;
const SET = `mutation ($input: PresenceSetInput!) { presenceSet(input: $input) { shown } }`;
const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { code } } } }`;
const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } } }`;
const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { userErrors { ... on UserError { code } } } }`;

// The same promises with Redis between the nodes, and without, where each node looks for itself.
describe.each([
  { name: 'over Redis', redis: true },
  { name: 'without Redis', redis: false },
])('two nodes $name', ({ redis }) => {
  let world: World;
  let ada: Person;
  let bob: Person;

  beforeAll(async () => {
    world = await World.open({ nodes: 2, redis });
    ada = await world.person('SUPERVISOR', { name: 'Ada', node: 0 });
    bob = await world.person('SUPERVISOR', { name: 'Bob', node: 1 });
  });
  afterAll(() => world.close());

  it('show a change of any part of a ticket to the other node’s viewer', async () => {
    const { id } = await world.ticket({ subject: 'Printer', priority: 'CRITICAL' });
    const screen = bob.follow(CHANGED, { id });
    expect((await screen.begun()).ticketChanged.subject).toBe('Printer');
    const shows = (condition: (ticket: Record<string, never>) => unknown) =>
      screen.until(({ ticketChanged }) => Boolean(condition(ticketChanged)));

    await ada.run(EDIT, { input: { ticketId: id, subject: { from: 'Printer', to: 'Scanner' } } });
    await shows((ticket) => ticket.subject === 'Scanner');
    await ada.run(NOTE, { input: { ticketId: id, body: '<p>Hello</p>' } });
    await shows((ticket) => JSON.stringify(ticket.notes).includes('Hello'));
    await ada.run(`mutation ($input: WatcherAddInput!) { watcherAdd(input: $input) { ticket { id } } }`, {
      input: { ticketId: id, memberId: ada.id },
    });
    await shows((ticket) => JSON.stringify(ticket.watchers).includes('Ada'));
    await ada.run(STATUS, { input: { ticketId: id, from: world.status('NEW'), to: world.status('WAITING') } });
    const { ticketChanged } = await shows((ticket) => JSON.stringify(ticket.slaClocks).includes('PAUSED'));

    expect(ticketChanged.activity.edges.map(({ node }: { node: { type: string } }) => node.type)).toEqual([
      'ticket.created',
      'ticket.edited',
      'note.added',
      'watcher.added',
      'ticket.status_changed',
    ]);
    const versions = screen.received.map(({ ticketChanged: ticket }) => ticket.version);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });
});

// Presence travels between nodes by Redis alone: it is never stored.
describe('people on two nodes', () => {
  let world: World;
  let ada: Person;
  let bob: Person;

  beforeAll(async () => {
    world = await World.open({ nodes: 2, redis: true });
    ada = await world.person('SUPERVISOR', { name: 'Ada', node: 0 });
    bob = await world.person('SUPERVISOR', { name: 'Bob', node: 1 });
  });
  afterAll(() => world.close());

  it('see who has the ticket open and who writes, and who left', async () => {
    const { id } = await world.ticket();
    const people = ({ presenceChanged }: { presenceChanged: { activity: string; member: { name: string } }[] }) =>
      presenceChanged
        .map(({ activity, member }) => `${member.name} ${activity}`)
        .sort()
        .join();
    const adas = ada.follow(PRESENCE, { id });
    await adas.until((data) => people(data) === 'Ada VIEWING');

    const bobs = bob.follow(PRESENCE, { id });
    await adas.until((data) => people(data) === 'Ada VIEWING,Bob VIEWING');
    await bob.run(SET, { input: { ticketId: id, activity: 'WRITING_NOTE' } });
    await adas.until((data) => people(data) === 'Ada VIEWING,Bob WRITING_NOTE');
    const list = ada.follow(`subscription { presencesChanged { ticketId people { activity member { name } } } }`);
    const { presencesChanged } = await list.until((data) => data.presencesChanged.ticketId === id);
    expect(people({ presenceChanged: presencesChanged.people })).toBe('Ada VIEWING,Bob WRITING_NOTE');
    bobs.close();

    await waitFor(() => people(adas.received.at(-1)) === 'Ada VIEWING');
    await list.until(
      (data) => data.presencesChanged.ticketId === id && people({ presenceChanged: data.presencesChanged.people }) === 'Ada VIEWING',
    );
  });
});

describe('one node', () => {
  let world: World;
  let ada: Person;

  beforeAll(async () => {
    world = await World.open();
    ada = await world.person('SUPERVISOR', { name: 'Ada' });
  });
  afterAll(() => world.close());

  it('counts a person with two tabs once, by what they do most', async () => {
    const { id } = await world.ticket();
    const first = ada.follow(PRESENCE, { id });
    await first.begun();
    ada.follow(PRESENCE, { id });

    await ada.run(SET, { input: { ticketId: id, activity: 'EDITING', field: 'subject' } });

    const { presenceChanged } = await first.until((data) => data.presenceChanged[0]?.activity === 'EDITING');
    expect(presenceChanged).toEqual([{ activity: 'EDITING', field: 'subject', member: { name: 'Ada' } }]);
  });

  it('lets nobody be present on a ticket they may not see', async () => {
    const { id } = await world.ticket({ teamId: await world.team() });
    const outsider = await world.person('AGENT');
    const stream = outsider.follow(PRESENCE, { id });

    await waitFor(() => stream.faults.length > 0);
    expect(stream.received).toEqual([]);
    expect((await outsider.run(SET, { input: { ticketId: id, activity: 'VIEWING' } })).presenceSet.shown).toBe(false);
  });

  it('answers null the moment a ticket is no longer the viewer’s to see', async () => {
    const [team, other] = [await world.team(), await world.team()];
    const agent = await world.person('AGENT', { teams: [team] });
    const { id } = await world.ticket({ subject: 'Mine to see', teamId: team });
    const screen = agent.follow(CHANGED, { id });
    await screen.begun();

    await ada.run(EDIT, { input: { ticketId: id, subject: { from: 'Mine to see', to: 'Hidden' }, teamId: { from: team, to: other } } });

    await screen.until(({ ticketChanged }) => ticketChanged === null);
    expect(JSON.stringify(screen.received)).not.toContain('Hidden');
  });

  it('asks who comes while the database is away to subscribe again, which then works', async () => {
    const { id } = await world.ticket({ subject: 'Open' });
    await ada.follow(CHANGED, { id }).begun();

    await world.withoutDatabase(async () => {
      const early = ada.follow(CHANGED, { id });
      await waitFor(() => early.faults.length > 0);
      expect(early.faults).toEqual([expect.stringContaining('Subscribe again')]);
    });

    await ada.follow(CHANGED, { id }).until(({ ticketChanged }) => ticketChanged.subject === 'Open');
  });

  it('ends what is open when the token behind it is revoked', async () => {
    const agent = await world.person('SUPERVISOR');
    const { id } = await world.ticket({ subject: 'Open' });
    const screen = agent.follow(CHANGED, { id });
    await screen.begun();

    // By hand, so that nothing tells of it: nothing happens on the ticket either, and the stream ends all the same.
    const revoked = performance.now();
    await world.sql('update access_token set revoked_at = now() where member_id = ?', [agent.id]);
    await waitFor(() => screen.faults.length > 0);
    expect(performance.now() - revoked).toBeLessThan(1000);
    expect(screen.faults[0]).toContain('Sign in');

    await ada.run(EDIT, { input: { ticketId: id, subject: { from: 'Open', to: 'After' } } });
    await ada.follow(CHANGED, { id }).until(({ ticketChanged }) => ticketChanged.subject === 'After');
    expect(JSON.stringify(screen.received)).not.toContain('After');
  });

  it('gives committed events dense positions in commit order per ticket, with writers that overlap', async () => {
    const tickets = await Promise.all(Array.from({ length: 4 }, () => world.ticket({ subject: '0' })));
    const write = async (ticketId: string, round: number) => {
      await ada.run(NOTE, { input: { ticketId, body: `<p>${round}</p>` } });
    };

    await Promise.all(tickets.flatMap(({ id }) => Array.from({ length: 12 }, (_, round) => write(id, round))));

    const waiting = () => world.sql<{ n: string }>('select count(*) as n from event where position is null');
    await waitFor(async () => (await waiting())[0]?.n === '0', 'the relay');
    const rows = await world.sql<{ position: string; ticket_id: string | null; ticket_version: number }>(
      'select position, ticket_id, ticket_version from event where workspace_id = ? order by position',
      [world.workspaceId],
    );
    expect(rows.map(({ position }) => Number(position))).toEqual(rows.map((_, index) => index + 1));
    for (const { id } of tickets) {
      const versions = rows.filter((row) => row.ticket_id === id).map((row) => row.ticket_version);
      expect(versions).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
    }
  });

  it('relays what a dead node left between commit and relay', async () => {
    const { id } = await world.ticket({ subject: 'Left' });
    const screen = ada.follow(CHANGED, { id });
    await screen.begun();

    await world.sql('update ticket set subject = ?, version = version + 1 where id = ?', ['Found', id]);
    await world.sql(
      `insert into event (workspace_id, id, type, ticket_id, ticket_version, actor_kind, member_ids, changes, at)
       select workspace_id, gen_random_uuid(), 'ticket.edited', id, version, 'SYSTEM', '{}', '[]', now() from ticket where id = ?`,
      [id],
    );

    await screen.until(({ ticketChanged }) => ticketChanged.subject === 'Found');
  });

  it('says whether it is alive and ready', async () => {
    const get = async (path: string) => (await fetch(`http://${world.node(0).url}${path}`)).json();

    expect(await get('/healthz')).toEqual({ alive: true });
    expect(await get('/readyz')).toMatchObject({ ready: true, database: true, redis: true });
  });

  it('serves GraphiQL from its own files', async () => {
    const get = async (path: string) => (await fetch(`http://${world.node(0).url}${path}`)).text();

    expect(await get('/graphiql')).toContain('/graphiql/graphiql.js');
    expect((await get('/graphiql/graphiql.js')).length).toBeGreaterThan(100_000);
  });
});
