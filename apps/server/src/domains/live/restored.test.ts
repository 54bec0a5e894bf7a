import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

const EVENTS = `subscription ($after: String) { eventsStreamed(after: $after) { position reload } }`;
const CHANGES = `subscription ($after: String) { ticketsChanged(filter: {}, after: $after) { kind position } }`;
const PAGE = `{ tickets(filter: {}, first: 100) { position } }`;

let world: World;
let ada: Person;

beforeAll(async () => {
  world = await World.open();
  ada = await world.person('SUPERVISOR');
});
afterAll(() => world.close());

const position = async (): Promise<string> => (await ada.run(PAGE)).tickets.position;
const placeOf = (cursor: string) => Number(cursor.split(':')[1]);

/** Writes events until the log is a number of positions longer. */
async function grow(events: number): Promise<void> {
  const until = placeOf(await position()) + events;
  for (let made = 0; made < events; made++) await world.ticket();
  await waitFor(async () => placeOf(await position()) >= until, 'the relay');
}

async function answersTo(after: string) {
  const [program, list] = [ada.follow(EVENTS, { after }), ada.follow(CHANGES, { after })];
  const [{ eventsStreamed }, { ticketsChanged }] = await Promise.all([program.begun(), list.begun()]);
  program.close();
  list.close();
  return { reload: eventsStreamed.reload, kind: ticketsChanged.kind };
}

it('reloads a client that resumes after a position that a restored dump does not have', async () => {
  await grow(3);
  const restore = await world.dump();
  await grow(3);
  const cursor = await position();

  // No node reads the log at this time, so none sees that positions go back.
  await restore();
  // The restored database has grown past the cursor: its position exists again and names another event.
  await waitFor(async () => !(await ada.ask(PAGE)).errors, 'the restored database');
  await grow(6);
  expect(placeOf(await position())).toBeGreaterThan(placeOf(cursor));

  expect(await answersTo(cursor)).toEqual({ reload: true, kind: 'RELOAD' });
});

it('reloads a client when the rows were restored into the same database', async () => {
  await world.sql('create table saved as table stream');
  await grow(3);
  const cursor = await position();

  await world.rewriteLog('delete from event where position > (select position from saved)');
  await world.sql('delete from stream');
  await world.sql('insert into stream select * from saved');
  await grow(6);

  expect(await answersTo(cursor)).toEqual({ reload: true, kind: 'RELOAD' });
});

it('continues where the client was when nothing was restored', async () => {
  const cursor = await position();
  await grow(1);

  expect(await answersTo(cursor)).toEqual({ reload: false, kind: 'ENTERED' });
});
