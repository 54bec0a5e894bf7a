import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id version } userErrors { ... on UserError { message } } } }`;
const EDIT = `mutation ($input: NoteEditInput!) { noteEdit(input: $input) { note { version } userErrors { ... on UserError { code } } } }`;
const DELETE = `mutation ($input: NoteDeleteInput!) { noteDelete(input: $input) { userErrors { ... on UserError { code } } } }`;
const PUBLISH = `mutation ($input: NotePublishInput!) { notePublish(input: $input) { note { publishedAt viewerCanEdit } message { id body attachments { name } } userErrors { __typename ... on UserError { code } ... on NoteConflict { theirs } } } }`;
const TICKET = `query ($id: ID!) { ticket(id: $id) { messages { edges { node { id body authorName } } } notes { edges { node { body publishedAt attachments { id } } } }
  activity { edges { node { type actor { id } } } } } }`;

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
  light = await world.person('LIGHT_AGENT', { teams: [team] });
});
afterAll(() => world.close());

async function noted(body: string, more: object = {}) {
  const client = await world.contact();
  const ticket = await world.ticket({ teamId: team, requesterId: client.id });
  const { noteAdd } = await light.run(NOTE, { input: { ticketId: ticket.id, body, ...more } });
  return { ticketId: ticket.id, client, note: noteAdd.note as { id: string; version: number } };
}
const publish = async (person: Person, note: { id: string; version: number }) =>
  (await person.run(PUBLISH, { input: { noteId: note.id, version: note.version } })).notePublish;
const look = async (id: string) => (await ada.run(TICKET, { id })).ticket;

describe('a note that is made public', () => {
  it('is sent to the client once, without saying who was mentioned, and both are in the log', async () => {
    const { ticketId, client, note } = await noted(
      `<p>Ask <span data-type="mention" data-id="${bob.id}">@Bob</span> to <b>restart</b> it</p>`,
    );

    const [first, again] = [await publish(ada, note), await publish(ada, note)];
    const { messages, notes, activity } = await look(ticketId);
    const letters = await world.sql<{ body: string }>('select body from outgoing_mail where recipient = ?', [client.email]);

    expect(first.userErrors).toEqual([]);
    expect(again.message.id).toBe(first.message.id);
    expect(messages.edges.map(({ node }: { node: object }) => node)).toEqual([
      { id: first.message.id, body: '<p>Ask @Bob to <strong>restart</strong> it</p>', authorName: 'Ada' },
    ]);
    expect(notes.edges[0].node).toMatchObject({ publishedAt: expect.any(String) });
    expect(letters.map(({ body }) => body.split('\n')[0])).toEqual(['Ask @Bob to restart it']);
    const told = activity.edges.map(({ node }: { node: { type: string; actor: { id: string } } }) => node);
    expect(told).toContainEqual({ type: 'note.published', actor: { id: ada.id } });
    expect(told).toContainEqual({ type: 'message.sent', actor: { id: ada.id } });
  });

  it('stays as the client has it: nobody edits or deletes it then', async () => {
    const { note } = await noted('<p>Restart it</p>');
    const owner = await world.person('OWNER');
    const { note: after } = await publish(ada, note);

    expect(after).toMatchObject({ viewerCanEdit: false });
    expect((await owner.run(EDIT, { input: { noteId: note.id, version: 2, body: '<p>Never</p>' } })).noteEdit.userErrors).toEqual([
      { code: 'NOTE_PUBLISHED' },
    ]);
    expect((await light.run(DELETE, { input: { noteId: note.id } })).noteDelete.userErrors).toEqual([{ code: 'NOTE_PUBLISHED' }]);
  });

  it('is what was read: an edit meanwhile holds it back, and whoever may not answer the client may not do it', async () => {
    const { ticketId, note } = await noted('<p>Restart it</p>');
    await light.run(EDIT, { input: { noteId: note.id, version: note.version, body: '<p>Throw it away</p>' } });

    expect((await publish(ada, note)).userErrors).toEqual([
      { __typename: 'NoteConflict', code: 'NOTE_CONFLICT', theirs: '<p>Throw it away</p>' },
    ]);
    expect((await publish(light, { ...note, version: 2 })).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect((await publish(ada, { id: crypto.randomUUID(), version: 1 })).userErrors).toMatchObject([{ code: 'NOTE_NOT_FOUND' }]);
    expect((await look(ticketId)).messages.edges).toEqual([]);
  });

  it('takes its files along', async () => {
    const client = await world.contact();
    const ticket = await world.ticket({ teamId: team, requesterId: client.id });
    const uploaded = await fetch(`http://${world.node(0).url}/files?ticketId=${ticket.id}&name=plan.txt`, {
      method: 'POST',
      headers: { authorization: `Bearer ${light.secret}`, 'content-type': 'application/octet-stream' },
      body: 'The plan',
    });
    const { id: fileId } = (await uploaded.json()) as { id: string };
    const { noteAdd } = await light.run(NOTE, { input: { ticketId: ticket.id, body: '<p>See the plan</p>', attachmentIds: [fileId] } });

    const { message } = await publish(ada, noteAdd.note);

    expect(message.attachments).toEqual([{ name: 'plan.txt' }]);
    expect((await look(ticket.id)).notes.edges[0].node.attachments).toEqual([]);
    const [letter] = await world.sql<{ files: { name: string }[] }>('select files from outgoing_mail where recipient = ?', [client.email]);
    expect(letter?.files.map(({ name }) => name)).toEqual(['plan.txt']);
  });
});
