import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

const ADD = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id body version author { name } mentions { name } } userErrors { ... on UserError { code } } } }`;
const EDIT = `mutation ($input: NoteEditInput!) { noteEdit(input: $input) { note { body version editedAt } userErrors { __typename ... on UserError { code } ... on NoteConflict { theirs } } } }`;
const DELETE = `mutation ($input: NoteDeleteInput!) { noteDelete(input: $input) { note { body deletedAt } userErrors { ... on UserError { code } } } }`;
const NOTES = `query ($id: ID!) { ticket(id: $id) { notes { edges { node { id body viewerCanEdit } } } activity { edges { node { type } } } } }`;

let world: World;
let team: string;
let ada: Person;
let bob: Person;
let admin: Person;
let light: Person;
let guest: Person;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  ada = await world.person('AGENT', { name: 'Ada', teams: [team] });
  bob = await world.person('AGENT', { name: 'Bob', teams: [team] });
  admin = await world.person('ADMIN');
  light = await world.person('LIGHT_AGENT', { name: 'Light' });
  guest = await world.person('GUEST', { teams: [team] });
});
afterAll(() => world.close());

const write = async (person: Person, ticketId: string, body: string) => (await person.run(ADD, { input: { ticketId, body } })).noteAdd;

it('keeps a note with its author and cleans what was pasted into it', async () => {
  const { id } = await world.ticket({ teamId: team });

  const { note } = await write(ada, id, '<p onclick="x()">Called <b>them</b><script>x()</script></p>');

  expect(note).toMatchObject({ body: '<p>Called <strong>them</strong></p>', version: 1, author: { name: 'Ada' } });
});

it('lets an author edit and delete, an administrator too, and a colleague neither', async () => {
  const { id } = await world.ticket({ teamId: team });
  const { note } = await write(ada, id, '<p>First</p>');

  const byBob = await bob.run(EDIT, { input: { noteId: note.id, version: 1, body: '<p>Bob</p>' } });
  const byAda = await ada.run(EDIT, { input: { noteId: note.id, version: 1, body: '<p>Second</p>' } });
  const byAdmin = await admin.run(DELETE, { input: { noteId: note.id } });

  expect(byBob.noteEdit.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  expect(byAda.noteEdit.note).toMatchObject({ body: '<p>Second</p>', version: 2, editedAt: expect.any(String) });
  expect(byAdmin.noteDelete.note).toMatchObject({ body: '', deletedAt: expect.any(String) });
});

it('keeps what a note said before, for those who read it, until it is deleted', async () => {
  const VERSIONS = `query ($id: ID!) { ticket(id: $id) { notes { edges { node { id versions { version body writtenAt } } } } } }`;
  const { id: ticketId } = await world.ticket();
  const { note } = (await ada.run(ADD, { input: { ticketId, body: '<p>First</p>' } })).noteAdd;
  for (const [version, body] of [
    [1, '<p>Second</p>'],
    [2, '<p>Third</p>'],
    // What is the same is no version.
    [3, '<p>Third</p>'],
  ] as const)
    await ada.run(EDIT, { input: { noteId: note.id, version, body } });
  const versionsOf = async () => (await ada.run(VERSIONS, { id: ticketId })).ticket.notes.edges[0].node.versions;

  expect(await versionsOf()).toEqual([
    { version: 2, body: '<p>Second</p>', writtenAt: expect.any(String) },
    { version: 1, body: '<p>First</p>', writtenAt: expect.any(String) },
  ]);
  await ada.run(DELETE, { input: { noteId: note.id } });
  expect(await versionsOf()).toEqual([]);
  expect(await world.sql('select 1 from note_version where note_id = ?', [note.id])).toEqual([]);
});

it('leaves a tombstone that nobody can edit', async () => {
  const { id } = await world.ticket({ teamId: team });
  const { note } = await write(ada, id, '<p>Oops</p>');
  await ada.run(DELETE, { input: { noteId: note.id } });

  const again = await ada.run(EDIT, { input: { noteId: note.id, version: 2, body: '<p>Back</p>' } });

  expect(again.noteEdit.userErrors).toMatchObject([{ __typename: 'NoteNotFound' }]);
  expect((await ada.run(NOTES, { id })).ticket.notes.edges).toMatchObject([{ node: { body: '', viewerCanEdit: false } }]);
});

it('refuses to overwrite a note that was edited meanwhile, and shows what it says', async () => {
  const { id } = await world.ticket({ teamId: team });
  const { note } = await write(ada, id, '<p>One</p>');
  await admin.run(EDIT, { input: { noteId: note.id, version: 1, body: '<p>Two</p>' } });

  const { noteEdit } = await ada.run(EDIT, { input: { noteId: note.id, version: 1, body: '<p>Three</p>' } });

  expect(noteEdit.userErrors).toMatchObject([{ __typename: 'NoteConflict', theirs: '<p>Two</p>' }]);
});

it('refuses a note with nothing to read in it', async () => {
  const { id } = await world.ticket({ teamId: team });

  expect((await write(ada, id, '<p> <br></p>')).userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
});

it('lets a light agent into a ticket by mentioning them, who can then read and answer', async () => {
  const { id } = await world.ticket({ teamId: team });
  expect((await light.run(NOTES, { id })).ticket).toBeNull();

  const { note } = await write(ada, id, `<p><span data-type="mention" data-id="${light.id}">@Light</span> please look</p>`);
  const answer = await write(light, id, '<p>It is the driver.</p>');

  expect(note.mentions).toEqual([{ name: 'Light' }]);
  expect(answer.userErrors).toEqual([]);
  expect((await light.run(NOTES, { id })).ticket.notes.edges).toHaveLength(2);
});

describe('a mention', () => {
  const WATCHED = `query ($id: ID!) { ticket(id: $id) { watchers { name } } }`;
  const WATCH = `mutation ($input: WatcherAddInput!) { watcherAdd(input: $input) { userErrors { ... on UserError { code message } ... on MemberCannotRead { memberIds } } } }`;
  const ERRORS = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } userErrors { code: __typename ... on UserError { message field } ... on MemberCannotRead { memberIds } } } }`;
  const mentionOf = ({ id }: Person) => `<p><span data-type="mention" data-id="${id}">@x</span> look</p>`;
  const watchers = async (id: string) =>
    (await ada.run(WATCHED, { id })).ticket.watchers.map(({ name }: { name: string }) => name) as string[];

  it('makes the member a watcher, with one notification, until the mention is gone', async () => {
    const { id } = await world.ticket({ teamId: team });
    const BELL = `{ notifications(first: 50) { edges { node { type reason ticket { id } } } } }`;

    const { note } = await write(ada, id, mentionOf(bob));
    expect(await watchers(id)).toEqual(['Bob']);
    const told = (await bob.run(BELL)).notifications.edges.filter(
      ({ node }: { node: { ticket: { id: string } } }) => node.ticket.id === id,
    );
    expect(told).toEqual([{ node: { type: 'note.added', reason: 'MENTIONED', ticket: { id } } }]);
    await ada.run(DELETE, { input: { noteId: note.id } });
    expect(await watchers(id)).toEqual([]);
  });

  it('that is gone keeps a member watching who chose to watch, or whom another note mentions', async () => {
    const { id } = await world.ticket({ teamId: team });
    const notes = [await write(ada, id, mentionOf(bob)), await write(ada, id, mentionOf(bob)), await write(ada, id, mentionOf(light))];
    await light.run(WATCH, { input: { ticketId: id, memberId: light.id } });

    await ada.run(DELETE, { input: { noteId: notes[0].note.id } });
    await ada.run(DELETE, { input: { noteId: notes[2].note.id } });
    expect((await watchers(id)).sort()).toEqual(['Bob', 'Light']);
    await ada.run(DELETE, { input: { noteId: notes[1].note.id } });
    expect(await watchers(id)).toEqual(['Light']);
  });

  it('of members who cannot read the note is refused and names them', async () => {
    const { id } = await world.ticket({ teamId: team });
    const stranger = await world.person('AGENT', { name: 'Stranger Sam', teams: [await world.team()] });
    const gone = await world.person('AGENT', { name: 'Gone Gus', teams: [team] });
    await world.sql('update member set active = false where id = ?', [gone.id]);

    for (const [person, name] of [
      [stranger, 'Stranger Sam'],
      [guest, 'GUEST'],
      [gone, 'Gone Gus'],
    ] as const) {
      const { noteAdd } = await ada.run(ERRORS, { input: { ticketId: id, body: mentionOf(person) } });
      expect(noteAdd).toMatchObject({
        note: null,
        userErrors: [{ code: 'MemberCannotRead', field: 'body', memberIds: [person.id], message: expect.stringContaining(name) }],
      });
    }
    expect((await ada.run(NOTES, { id })).ticket.notes.edges).toEqual([]);
    const watching = await ada.run(WATCH, { input: { ticketId: id, memberId: stranger.id } });
    expect(watching.watcherAdd.userErrors).toMatchObject([{ code: 'MEMBER_CANNOT_READ', memberIds: [stranger.id] }]);
    expect(await watchers(id)).toEqual([]);
  });

  it('that a note already had does not hold up an edit of the note', async () => {
    const { id } = await world.ticket({ teamId: team });
    const leaver = await world.person('AGENT', { name: 'Leaver', teams: [team] });
    const { note } = await write(ada, id, mentionOf(leaver));
    await world.sql('delete from team_member where member_id = ?', [leaver.id]);

    const { noteEdit } = await ada.run(EDIT, { input: { noteId: note.id, version: 1, body: `${mentionOf(leaver)}<p>more</p>` } });
    expect(noteEdit.userErrors).toEqual([]);
  });
});

it('lets the mentioned see the ticket no longer when the mention is gone', async () => {
  const { id } = await world.ticket({ teamId: team });
  const mention = `<span data-type="mention" data-id="${light.id}">@Light</span>`;
  const first = (await write(ada, id, `<p>${mention} one</p>`)).note;
  const second = (await write(ada, id, `<p>${mention} two <span data-type="mention" data-id="nonsense">@x</span></p>`)).note;

  await ada.run(EDIT, { input: { noteId: first.id, version: 1, body: '<p>one</p>' } });
  const still = await light.run(NOTES, { id });
  await ada.run(DELETE, { input: { noteId: second.id } });

  expect(still.ticket).not.toBeNull();
  expect((await light.run(NOTES, { id })).ticket).toBeNull();
});

it('shows a guest no note and no trace of one', async () => {
  const { id } = await world.ticket({ teamId: team });
  const { note } = await write(ada, id, '<p>Secret</p>');

  const seen = await guest.ask(NOTES, { id });
  const written = await write(guest, id, '<p>Me too</p>');
  const edited = await guest.run(EDIT, { input: { noteId: note.id, version: 1, body: '<p>x</p>' } });

  expect(seen.data.ticket.notes).toBeNull();
  expect(seen.data.ticket.activity.edges).toEqual([{ node: { type: 'ticket.created' } }]);
  expect(written.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  expect(edited.noteEdit.userErrors).toMatchObject([{ code: 'NOTE_NOT_FOUND' }]);
});

it('pages backwards through many notes', async () => {
  const { id } = await world.ticket({ teamId: team });
  for (let index = 1; index <= 5; index++) await write(ada, id, `<p>${index}</p>`);
  const page = `query ($id: ID!, $before: String) { ticket(id: $id) { notes(last: 2, before: $before) { edges { node { body } } pageInfo { hasPreviousPage startCursor } } } }`;

  const newest = (await ada.run(page, { id })).ticket.notes;
  const older = (await ada.run(page, { id, before: newest.pageInfo.startCursor })).ticket.notes;

  expect(newest.edges.map(({ node }: { node: { body: string } }) => node.body)).toEqual(['<p>4</p>', '<p>5</p>']);
  expect(older.edges.map(({ node }: { node: { body: string } }) => node.body)).toEqual(['<p>2</p>', '<p>3</p>']);
  expect(older.pageInfo.hasPreviousPage).toBe(true);
});
