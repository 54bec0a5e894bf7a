import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

const RECORD = `mutation ($input: TimeRecordInput!) { timeRecord(input: $input) { ticket { minutesSpent timeEntries { id minutes comment withText member { id } } } userErrors { ... on UserError { code field } } } }`;
const REMOVE = `mutation ($input: TimeRemoveInput!) { timeRemove(input: $input) { ticket { minutesSpent } userErrors { ... on UserError { code } } } }`;
const SPENT =
  'query ($id: ID!) { ticket(id: $id) { minutesSpent timeEntries { withText minutes } activity { edges { node { type changes { to { text } } } } } } }';
const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } userErrors { ... on UserError { code field } } } }`;
const REPLY = `mutation ($input: ReplySendInput!) { replySend(input: $input) { userErrors { ... on UserError { code field } } } }`;

let world: World;
let team: string;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  ada = await world.person('AGENT', { teams: [team] });
  bob = await world.person('AGENT', { teams: [team] });
});
afterAll(() => world.close());

const record = async (person: Person, input: object) => (await person.run(RECORD, { input })).timeRecord;
const spent = async (person: Person, id: string) => (await person.run(SPENT, { id })).ticket;

it('counts what each noted, on the ticket, with a note and with a reply, and is in the log', async () => {
  const { id } = await world.ticket({ teamId: team, requesterId: (await world.contact()).id });
  await record(ada, { ticketId: id, minutes: 25, comment: ' On the phone ' });
  await bob.run(NOTE, { input: { ticketId: id, body: '<p>x</p>', minutes: 5 } });
  await ada.run(REPLY, { input: { ticketId: id, body: '<p>x</p>', minutes: 10 } });

  const { minutesSpent, timeEntries, activity } = await spent(bob, id);

  expect(minutesSpent).toBe(40);
  expect(timeEntries).toEqual([
    { withText: false, minutes: 25 },
    { withText: true, minutes: 5 },
    { withText: true, minutes: 10 },
  ]);
  const told = activity.edges.map(({ node }: { node: { type: string; changes: { to: { text: string } }[] } }) => node);
  expect(
    told.filter(({ type }: { type: string }) => type === 'time.recorded').map(({ changes }: { changes: object[] }) => changes),
  ).toEqual([[{ to: { text: '25' } }], [{ to: { text: '5' } }], [{ to: { text: '10' } }]]);
});

it('is taken away by whoever noted it, and by those who may edit anybody’s notes', async () => {
  const { id } = await world.ticket({ teamId: team });
  const [entry] = (await record(ada, { ticketId: id, minutes: 25 })).ticket.timeEntries;
  const remove = async (person: Person, entryId: string) => (await person.run(REMOVE, { input: { entryId } })).timeRemove;

  expect((await remove(bob, entry.id)).userErrors).toEqual([{ code: 'NOT_PERMITTED' }]);
  expect((await remove(ada, entry.id)).ticket).toEqual({ minutesSpent: 0 });
  expect((await remove(ada, entry.id)).userErrors).toEqual([{ code: 'TIME_ENTRY_NOT_FOUND' }]);
  const [again] = (await record(ada, { ticketId: id, minutes: 25 })).ticket.timeEntries;
  expect((await remove(await world.person('OWNER'), again.id)).userErrors).toEqual([]);
});

it('is refused where it cannot be, together with what it was spent on, and hidden from guests', async () => {
  const { id } = await world.ticket({ teamId: team });
  const guest = await world.person('GUEST', { teams: [team] });

  for (const minutes of [0, -5, 1441])
    expect((await record(ada, { ticketId: id, minutes })).userErrors).toEqual([{ code: 'INVALID_INPUT', field: 'minutes' }]);
  expect((await record(ada, { ticketId: id, minutes: 1, comment: 'x'.repeat(256) })).userErrors).toMatchObject([{ field: 'comment' }]);
  expect((await ada.run(NOTE, { input: { ticketId: id, body: '<p>x</p>', minutes: 0 } })).noteAdd).toMatchObject({
    note: null,
    userErrors: [{ code: 'INVALID_INPUT', field: 'minutes' }],
  });
  expect((await record(guest, { ticketId: id, minutes: 1 })).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  expect(await spent(guest, id)).toMatchObject({ minutesSpent: null, timeEntries: null });
});
