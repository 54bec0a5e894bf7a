import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

const SAVE = `mutation ($input: DraftSaveInput!) { draftSave(input: $input) { draft { id body revision } userErrors { __typename ... on UserError { code } } } }`;
const READ = `query ($ticketId: ID!) { draft(ticketId: $ticketId, kind: NOTE) { id body revision } }`;
const FOLLOW = `subscription ($ticketId: ID!) { draftChanged(ticketId: $ticketId, kind: NOTE) { body } }`;
const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } userErrors { __typename ... on UserError { code } ... on NoteMeanwhile { version } } } }`;

let world: World;
let ada: Person;

beforeAll(async () => {
  world = await World.open({ nodes: 2, redis: true });
  ada = await world.person('AGENT', { name: 'Ada' });
});
afterAll(() => world.close());

const save = (ticketId: string, id: string, body: string, revision: number, person = ada) =>
  person.run(SAVE, { input: { ticketId, kind: 'NOTE', id, body, revision } });

it('keeps what was typed for its writer alone, on every device, and shows other tabs each save', async () => {
  const ticket = await world.ticket();
  const bob = await world.person('SUPERVISOR', { name: 'Bob' });
  const tab = world.seat(ada.member, ada.secret, 1).follow(FOLLOW, { ticketId: ticket.id });
  expect((await tab.begun()).draftChanged).toBeNull();
  const id = crypto.randomUUID();

  await save(ticket.id, id, '<p>Half a thought</p>', 1);

  await tab.until(({ draftChanged }) => draftChanged?.body === '<p>Half a thought</p>');
  expect((await ada.run(READ, { ticketId: ticket.id })).draft).toEqual({ id, body: '<p>Half a thought</p>', revision: 1 });
  expect((await bob.run(READ, { ticketId: ticket.id })).draft).toBeNull();
});

it('does not let a late save overtake a newer one', async () => {
  const { id: ticketId } = await world.ticket();
  const id = crypto.randomUUID();
  await save(ticketId, id, '<p>new</p>', 5);

  const { draftSave } = await save(ticketId, id, '<p>old</p>', 4);

  expect(draftSave.draft).toMatchObject({ body: '<p>new</p>', revision: 5 });
});

it('ends with its note, and a save that comes late does not bring it back', async () => {
  const { id: ticketId } = await world.ticket();
  const id = crypto.randomUUID();
  await save(ticketId, id, '<p>Sent</p>', 1);
  const tab = ada.follow(FOLLOW, { ticketId });
  await tab.until(({ draftChanged }) => draftChanged?.body === '<p>Sent</p>');

  await ada.run(NOTE, { input: { ticketId, body: '<p>Sent</p>', draftId: id } });
  await tab.until(({ draftChanged }) => draftChanged === null);
  await save(ticketId, id, '<p>Sent, and more</p>', 2);

  expect((await ada.run(READ, { ticketId })).draft).toBeNull();
  await save(ticketId, crypto.randomUUID(), '<p>The next</p>', 1);
  expect((await ada.run(READ, { ticketId })).draft.body).toBe('<p>The next</p>');
});

it('stays when the note it would become is refused', async () => {
  const { id: ticketId } = await world.ticket();
  const id = crypto.randomUUID();
  const bob = await world.person('SUPERVISOR');
  await save(ticketId, id, '<p>I called them</p>', 1);
  const { ticket } = await ada.run(`query ($id: ID!) { ticket(id: $id) { version } }`, { id: ticketId });
  await bob.run(NOTE, { input: { ticketId, body: '<p>I have called them already</p>' } });
  const input = { ticketId, body: '<p>I called them</p>', draftId: id };

  const held = await ada.run(NOTE, { input: { ...input, seenVersion: ticket.version } });

  expect(held.noteAdd).toMatchObject({ note: null, userErrors: [{ __typename: 'NoteMeanwhile', code: 'NOTE_MEANWHILE' }] });
  expect((await ada.run(READ, { ticketId })).draft.body).toBe('<p>I called them</p>');
  const sent = await ada.run(NOTE, { input: { ...input, seenVersion: held.noteAdd.userErrors[0].version } });
  expect(sent.noteAdd.userErrors).toEqual([]);
  expect((await ada.run(READ, { ticketId })).draft).toBeNull();
});

it('is not kept on a ticket that is not theirs to see, nor for those who may not write', async () => {
  const { id: ticketId } = await world.ticket({ teamId: await world.team() });
  const guest = await world.person('GUEST');
  const open = await world.ticket();

  expect((await save(ticketId, crypto.randomUUID(), '<p>x</p>', 1)).draftSave.userErrors).toMatchObject([{ code: 'TICKET_NOT_FOUND' }]);
  expect((await save(open.id, crypto.randomUUID(), '<p>x</p>', 1, guest)).draftSave.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  await expect(save(open.id, 'mine', '<p>x</p>', 1)).rejects.toThrow('Invalid ID: \\"mine\\"');
});

it('makes a note once, however often and at whichever nodes it is asked with one key', async () => {
  const { id: ticketId } = await world.ticket();
  const there = world.seat(ada.member, ada.secret, 1);
  for (let round = 0; round < 10; round++) {
    const input = { ticketId, body: `<p>Round ${round}</p>`, idempotencyKey: `round-${round}-key` };
    const answers = await Promise.all([ada, there, ada, there, ada].map((person) => person.run(NOTE, { input })));
    expect(new Set(answers.map(({ noteAdd }) => noteAdd.note.id)).size).toBe(1);
  }

  const notes = await world.sql<{ n: string }>('select count(*) as n from note where ticket_id = ?', [ticketId]);
  expect(notes[0]?.n).toBe('10');
  const { noteAdd } = await ada.run(NOTE, { input: { ticketId, body: '<p>Another</p>', idempotencyKey: 'round-1-key' } });
  expect(noteAdd.userErrors).toMatchObject([{ __typename: 'IdempotencyKeyReused' }]);
  expect((await ada.run(NOTE, { input: { ticketId, body: '<p>x</p>', idempotencyKey: 'no' } })).noteAdd.userErrors).toMatchObject([
    { code: 'INVALID_INPUT' },
  ]);
});

it('makes a ticket and a client once with one key', async () => {
  const create = `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { number } userErrors { ... on UserError { code } } } }`;
  const client = `mutation ($input: ContactCreateInput!) { contactCreate(input: $input) { contact { id } userErrors { ... on UserError { code } } } }`;
  const input = { subject: 'Once', newContact: { name: 'New', email: 'new@example.org' }, idempotencyKey: 'ticket-once' };
  const there = world.seat(ada.member, ada.secret, 1);

  const tickets = await Promise.all([ada, there, ada].map((person) => person.run(create, { input })));
  const clients = await Promise.all(
    [ada, there].map((person) => person.run(client, { input: { name: 'C', email: 'c@example.org', idempotencyKey: 'client-once' } })),
  );

  expect(new Set(tickets.map(({ ticketCreate }) => ticketCreate.ticket.number)).size).toBe(1);
  expect(new Set(clients.map(({ contactCreate }) => contactCreate.contact.id)).size).toBe(1);
});

it('can be tried again with the same key when the first attempt was refused', async () => {
  const { id: ticketId } = await world.ticket();
  const input = { ticketId, body: '', idempotencyKey: 'refused-first' };
  expect((await ada.run(NOTE, { input })).noteAdd.userErrors).toHaveLength(1);

  const { noteAdd } = await ada.run(NOTE, { input: { ...input, body: '<p>Now with words</p>' } });

  expect(noteAdd.note).not.toBeNull();
  await waitFor(async () => (await world.sql<object>('select 1 from note where ticket_id = ?', [ticketId])).length === 1);
});
