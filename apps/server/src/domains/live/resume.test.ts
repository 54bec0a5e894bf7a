import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

const EVENTS = `subscription ($after: String) { eventsStreamed(after: $after) { kind position reload ticketId ticketVersion entry { type changes { field to { text } } } } }`;
const CHANGES = `subscription ($after: String) { ticketsChanged(filter: {}, after: $after) { kind ticketId position ticket { subject } } }`;
const PAGE = `{ tickets(filter: {}, first: 100) { position edges { node { id subject } } } }`;
const TAG = `mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } } }`;

let world: World;
let ada: Person;
const positionOf = (formatted: string) => Number(formatted.split(':')[1]);

beforeAll(async () => {
  world = await World.open({ nodes: 2, redis: true });
  ada = await world.person('SUPERVISOR', { name: 'Ada' });
});
afterAll(() => world.close());

/** Waits until every event has its position. */
const settled = (desk: World) =>
  waitFor(async () => (await desk.sql<{ n: string }>('select count(*) as n from event where position is null'))[0]?.n === '0');

const tag = (ticketId: string, name: string) => ada.run(TAG, { input: { ticketId, add: [name] } });

describe('a program that follows all events', () => {
  it('is told each once and in order, wherever it was cut off, at another node too', async () => {
    const { id } = await world.ticket();
    await settled(world);
    const { tickets } = await ada.run(PAGE);
    const bob = world.seat(ada.member, ada.secret, 1);
    const versions: number[] = [];
    let after: string = tickets.position;
    for (let round = 0; round < 4; round++) {
      const reader = (round % 2 === 0 ? ada : bob).follow(EVENTS, { after });
      const writing = Promise.all(Array.from({ length: 5 }, (_, index) => tag(id, `r${round}-${index}`)));
      // Cut off after any number of them: what was not read is told next time.
      await waitFor(() => reader.received.length >= 1 + round);
      reader.close();
      const read = reader.received.slice(0, 1 + round).map(({ eventsStreamed }) => eventsStreamed);
      versions.push(...read.map(({ ticketVersion }) => ticketVersion));
      after = read.at(-1).position;
      await writing;
    }
    const rest = bob.follow(EVENTS, { after });
    await waitFor(() => rest.received.length >= 20 - versions.length);
    versions.push(...rest.received.map(({ eventsStreamed }) => eventsStreamed.ticketVersion));

    expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => index + 2));
  });

  it('misses no event of a writer who began first and commits last', async () => {
    const late = await world.ticket();
    const topicId = await world.topic('Waited for');
    await settled(world);
    const { tickets } = await ada.run(PAGE);
    const reader = ada.follow(EVENTS, { after: tickets.position });

    // The first writer has written everything and waits in its commit, for a check of the topic that another session has locked. A
    // sequence would have numbered its event by now; a reader past the second writer's number would never see it.
    const holder = world.desk.orm.em.fork();
    await holder.begin();
    await holder.execute('select 1 from topic where id = ? for update', [topicId]);
    const first = world.ticket({ topicId, subject: 'First' });
    const committing = () =>
      world.sql<object>(
        `select 1 from pg_stat_activity where datname = current_database() and query = 'commit' and wait_event_type = 'Lock'`,
      );
    await waitFor(async () => (await committing()).length > 0, 'the commit that waits');
    await tag(late.id, 'second');
    await reader.until(({ eventsStreamed }) => eventsStreamed.ticketId === late.id);
    await holder.rollback();
    const early = await first;

    await reader.until(({ eventsStreamed }) => eventsStreamed.ticketId === early.id);
    const positions = reader.received.map(({ eventsStreamed }) => positionOf(eventsStreamed.position));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(new Set(positions).size).toBe(positions.length);
  });

  it('is never told of a ticket it may not see, nor a guest of a note', async () => {
    const [team, other] = [await world.team(), await world.team()];
    const agent = await world.person('AGENT', { teams: [team] });
    const guest = await world.person('GUEST', { teams: [team] });
    await settled(world);
    const after = (await ada.run(PAGE)).tickets.position;
    const [mine, theirs] = [await world.ticket({ teamId: team }), await world.ticket({ teamId: other })];
    await ada.run(`mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } } }`, {
      input: { ticketId: mine.id, body: '<p>Secret</p>' },
    });
    await tag(theirs.id, 'hidden');
    await tag(mine.id, 'last');

    const agents = agent.follow(EVENTS, { after });
    const guests = guest.follow(EVENTS, { after });
    const isLast = ({ eventsStreamed }: { eventsStreamed: { entry: { type: string } | null } }) =>
      eventsStreamed.entry?.type === 'ticket.tagged';
    await Promise.all([agents.until(isLast), guests.until(isLast)]);

    const types = (stream: typeof agents) => stream.received.map(({ eventsStreamed }) => eventsStreamed.entry?.type ?? eventsStreamed.kind);
    expect(types(agents)).toEqual(['ticket.created', 'note.added', 'ticket.tagged']);
    // Only the version of the note is delivered, so that the next one does not look like a gap.
    expect(types(guests)).toEqual(['ticket.created', 'HIDDEN', 'ticket.tagged']);
    expect(guests.received.map(({ eventsStreamed }) => eventsStreamed.ticketVersion)).toEqual([1, 2, 3]);
    expect(JSON.stringify(agents.received)).not.toContain(theirs.id);
  });
});

describe('a client that was away', () => {
  it('is told to load anew when its position is older than what may be resumed, ahead of the log, or of another log', async () => {
    const { id } = await world.ticket();
    await settled(world);
    const { position } = (await ada.run(PAGE)).tickets;
    await tag(id, 'old');
    const [epoch, place, at] = position.split(':');
    const begins = async (after: string) => (await ada.follow(CHANGES, { after }).begun()).ticketsChanged.kind;
    expect(await begins(position)).toBe('CHANGED');

    expect(await begins(`${epoch}:${Number(place) + 5000}:${at}`)).toBe('RELOAD');
    expect(await begins(`${crypto.randomUUID()}:${place}:${at}`)).toBe('RELOAD');
    expect(await begins('anything')).toBe('RELOAD');
    const program = await ada.follow(EVENTS, { after: 'anything' }).begun();
    expect(program.eventsStreamed).toMatchObject({ reload: true, entry: null });
  });

  it('is told to load anew after more days than the log is kept for', async () => {
    const short = await World.open({ resumeDays: 1 });
    const person = await short.person('SUPERVISOR');
    const { position } = (await person.run(PAGE)).tickets;
    await short.ticket();
    await settled(short);
    await short.rewriteLog(`update event set at = at - interval '25 hours'`);

    const { ticketsChanged } = await person.follow(CHANGES, { after: position }).begun();

    expect(ticketsChanged.kind).toBe('RELOAD');
    await short.close();
  });

  it('hears from a database that was restored from an earlier time, and nobody goes on with vanished rows', async () => {
    const old = await World.open();
    const person = await old.person('SUPERVISOR');
    const { id } = await old.ticket({ subject: 'Kept' });
    const stream = person.follow(CHANGES, { after: (await person.run(PAGE)).tickets.position });
    await old.ticket({ subject: 'Vanishes' });
    await stream.until(({ ticketsChanged }) => ticketsChanged.ticket?.subject === 'Vanishes');
    const [{ position } = { position: '' }] = await old.sql<{ position: string }>('select position from stream');

    await old.rewriteLog('delete from event where position > ?', [Number(position) - 1]);
    await old.sql('update stream set position = ?', [Number(position) - 1]);

    const { ticketsChanged } = await stream.until((data) => data.ticketsChanged.kind === 'RELOAD');
    expect(ticketsChanged.position.split(':')[0]).not.toBe(stream.received[0].ticketsChanged.position.split(':')[0]);
    await person.run(TAG, { input: { ticketId: id, add: ['after'] } });
    await stream.until(({ ticketsChanged: change }) => change.kind === 'CHANGED' && change.ticketId === id);
    await old.close();
  });

  it('goes on after a restart of the database, its streams still open', async () => {
    const { id } = await world.ticket();
    const stream = ada.follow(CHANGES);
    await waitFor(async () => {
      await tag(id, `before-${Math.random()}`);
      return stream.received.length > 0;
    });

    await world.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await waitFor(async () => !(await ada.ask(TAG, { input: { ticketId: id, add: ['after-restart'] } })).errors);

    const seen = stream.received.length;
    await tag(id, 'the last');
    await waitFor(() => stream.received.length > seen);
    expect(stream.faults).toEqual([]);
  });
});
