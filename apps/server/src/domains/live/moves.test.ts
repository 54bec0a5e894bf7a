import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

const EVENTS = `subscription ($after: String) { eventsStreamed(after: $after) { position reload ticketVersion } }`;
const CHANGES = `subscription ($after: String) { ticketsChanged(filter: {}, after: $after) { kind position ticket { version } } }`;
const PAGE = `{ tickets(filter: {}, first: 100) { position } }`;
const TAG = `mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } } }`;

const moves = 10;

describe.each([
  { name: 'with Redis', redis: true },
  { name: 'without Redis', redis: false },
])('a client that moves between two nodes $name', ({ redis }) => {
  let world: World;
  let doors: readonly Person[];

  beforeAll(async () => {
    world = await World.open({ nodes: 2, redis });
    const { member, secret } = await world.person('SUPERVISOR');
    doors = [world.seat(member, secret, 0), world.seat(member, secret, 1)];
    // A reader that no subscriber needs ends. These keep one on each node, which polls once a second without hints.
    for (const door of doors) door.follow(EVENTS);
  });
  afterAll(() => world.close());

  const door = (index: number) => doors[index % 2] as Person;

  it('receives every event once and never has to reload', async () => {
    const { id } = await world.ticket();
    let after: string = (await door(0).run(PAGE)).tickets.position;
    const versions: (number | null)[] = [];
    const reloads: string[] = [];
    for (let move = 0; move < moves; move++) {
      const stream = door(move).follow(EVENTS, { after });
      // The node that made the change knows of it first; the next move resumes on the other one.
      await door(move).run(TAG, { input: { ticketId: id, add: [`move-${move}`] } });
      await stream.until(({ eventsStreamed }) => eventsStreamed.ticketVersion === move + 2);
      stream.close();
      for (const { eventsStreamed: event } of stream.received) {
        if (event.reload) reloads.push(event.position);
        else versions.push(event.ticketVersion);
      }
      after = stream.received.at(-1).eventsStreamed.position;
    }

    expect(reloads).toEqual([]);
    const received = versions.filter((version) => version !== null && version > 1);
    expect(received).toEqual(Array.from({ length: moves }, (_, index) => index + 2));
  });

  it('keeps its list when it subscribes where the page’s position was not read yet', async () => {
    const { id } = await world.ticket();
    const kinds: string[] = [];
    for (let move = 0; move < moves; move++) {
      await door(move).run(TAG, { input: { ticketId: id, add: [`page-${move}`] } });
      const { position } = (await door(move).run(PAGE)).tickets;
      const stream = door(move + 1).follow(CHANGES, { after: position });
      await door(move + 1).run(TAG, { input: { ticketId: id, add: [`then-${move}`] } });
      await stream.until(({ ticketsChanged }) => ticketsChanged.ticket?.version === 2 * move + 3);
      kinds.push(...stream.received.map(({ ticketsChanged }) => ticketsChanged.kind));
      stream.close();
    }

    expect(kinds).not.toContain('RELOAD');
  });

  it('continues on a node that has not noticed yet that the stream has a new epoch', async () => {
    const before = (await door(1).run(PAGE)).tickets.position;
    await world.sql('update stream set epoch = gen_random_uuid()');
    const { id } = await world.ticket();
    const { position } = (await door(0).run(PAGE)).tickets;

    const stream = door(1).follow(EVENTS, { after: position });
    await door(0).run(TAG, { input: { ticketId: id, add: ['after'] } });
    await stream.until(({ eventsStreamed }) => eventsStreamed.ticketVersion === 2);

    expect(stream.received.filter(({ eventsStreamed }) => eventsStreamed.reload)).toEqual([]);
    const old = door(1).follow(EVENTS, { after: before });
    expect((await old.begun()).eventsStreamed.reload).toBe(true);
  });

  it('reloads when its position is ahead of the log', async () => {
    const { position } = (await door(0).run(PAGE)).tickets;
    const [epoch, place, at] = position.split(':');

    const stream = door(1).follow(EVENTS, { after: `${epoch}:${Number(place) + 5000}:${at}` });

    await waitFor(() => stream.received.length > 0);
    expect(stream.received[0].eventsStreamed.reload).toBe(true);
  });
});
