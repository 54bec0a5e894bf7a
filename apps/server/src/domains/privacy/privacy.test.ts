import { afterAll, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';

const CREATE = `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id version requester { id } } } }`;
const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { ticket { id } userErrors { ... on UserError { message } } } }`;
const RECEIVE = `mutation ($input: MessageReceiveInput!) { messageReceive(input: $input) { userErrors { ... on UserError { code } } } }`;
const REPLY = `mutation ($input: ReplySendInput!) { replySend(input: $input) { userErrors { ... on UserError { code } } } }`;
const NOTE = `mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } } }`;
const DRAFT = `mutation ($input: DraftSaveInput!) { draftSave(input: $input) { draft { id } } }`;
const EXPORT = `mutation ($id: ID!) { contactExport(input: { contactId: $id }) { document userErrors { ... on UserError { code } } } }`;
const ERASE = `mutation ($id: ID!) { contactErase(input: { contactId: $id }) { contact { name email } userErrors { ... on UserError { code } } } }`;

let world: World;
let boss: Person;

beforeAll(async () => {
  world = await World.open();
  boss = await world.person('ADMIN', { name: 'Boss' });
});
afterAll(() => world.close());

/** Every row of every table, as text. */
async function dump(): Promise<string> {
  const tables = await world.sql<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const rows = await Promise.all(tables.map(({ name }) => world.sql(`select to_jsonb(t) as row from "${name}" t`)));
  return JSON.stringify(rows);
}

async function clientWith(word: string) {
  const { ticketCreate } = await boss.run(CREATE, {
    input: {
      subject: `Where is my ${word}?`,
      description: `<p>I am ${word}</p>`,
      newContact: {
        name: `Client ${word}`,
        email: `${word}@client.test`,
        phone: `+380 ${word}`,
        organization: `${word} Ltd`,
        externalId: word,
      },
    },
  });
  const { ticket } = ticketCreate;
  return { ticketId: ticket.id as string, contactId: ticket.requester.id as string };
}

it('erases a client from every table, and leaves the skeleton of their tickets and all that is others’', async () => {
  const word = `taint${crypto.randomUUID().slice(0, 8)}`;
  const { ticketId, contactId } = await clientWith(word);
  const other = await clientWith('unrelated');
  const edited = await boss.run(EDIT, {
    input: { ticketId, subject: { from: `Where is my ${word}?`, to: `Lost ${word}` } },
  });
  await boss.run(NOTE, { input: { ticketId, body: `<p>${word} called twice</p>` } });
  await boss.run(RECEIVE, { input: { ticketId, body: `<p>It is ${word} again</p>` } });
  await boss.run(REPLY, { input: { ticketId, body: `<p>Dear ${word}</p>` } });
  await boss.run(DRAFT, { input: { ticketId, kind: 'NOTE', id: crypto.randomUUID(), body: `<p>${word}</p>`, revision: 1 } });
  const before = await dump();
  const screen = boss.follow('subscription ($id: ID!) { ticketChanged(id: $id) { subject } }', { id: ticketId });
  await screen.begun();

  const { contactErase } = await boss.run(ERASE, { id: contactId });
  await screen.until(({ ticketChanged }) => ticketChanged.subject === 'Erased');
  const after = await dump();

  expect(edited.ticketEdit.userErrors).toEqual([]);
  expect(before.split(word).length).toBeGreaterThan(8);
  expect(contactErase).toEqual({ contact: { name: 'Erased', email: null }, userErrors: [] });
  expect(after).not.toContain(word);
  const { ticket } = await boss.run(
    'query ($id: ID!) { ticket(id: $id) { subject description requester { name } activity(last: 20) { edges { node { type } } } notes { edges { node { body deletedAt } } } } }',
    { id: ticketId },
  );
  expect(ticket).toMatchObject({ subject: 'Erased', description: '', requester: { name: 'Erased' } });
  expect(ticket.notes.edges).toEqual([{ node: { body: '', deletedAt: expect.any(String) } }]);
  expect(ticket.activity.edges.map(({ node }: { node: { type: string } }) => node.type)).toEqual([
    'ticket.created',
    'ticket.edited',
    'note.added',
    'message.received',
    'message.sent',
    'sla.responded',
    'ticket.erased',
  ]);
  const untouched = await boss.run('query ($id: ID!) { ticket(id: $id) { subject requester { email } } }', { id: other.ticketId });
  expect(untouched.ticket).toEqual({ subject: 'Where is my unrelated?', requester: { email: 'unrelated@client.test' } });
});

it('erases the cards that became theirs too, and letters to any of their addresses', async () => {
  const word = `taint${crypto.randomUUID().slice(0, 8)}`;
  const [one, two] = [await clientWith(`${word}a`), await clientWith('plain')];
  await boss.run(`mutation ($i: ContactEditInput!) { contactEdit(input: $i) { userErrors { ... on UserError { message } } } }`, {
    i: {
      contactId: one.contactId,
      version: 1,
      name: `Client ${word}`,
      emails: [`${word}@client.test`, `second.${word}@client.test`],
      phones: [],
      notes: `${word} is loud`,
      data: [{ name: 'Boat', value: word }],
    },
  });
  await world.sql(
    `insert into outgoing_mail (id, workspace_id, recipient, subject, body, created_at) values (gen_random_uuid(), ?, ?, 'x', ?, now())`,
    [world.workspaceId, `second.${word}@client.test`, `Dear ${word}`],
  );
  const merged = await boss.run(
    `mutation ($i: ContactMergeInput!) { contactMerge(input: $i) { merge { id } userErrors { ... on UserError { message } } } }`,
    { i: { sourceId: one.contactId, destinationId: two.contactId } },
  );

  // A merged contact resolves to its destination.
  const { contactErase } = await boss.run(ERASE, { id: one.contactId });

  expect(contactErase).toEqual({ contact: { name: 'Erased', email: null }, userErrors: [] });
  expect(merged.contactMerge.userErrors).toEqual([]);
  expect(await dump()).not.toContain(word);
});

it('exports what is theirs and no note, to those who manage people alone, and says so in the log', async () => {
  const word = `taint${crypto.randomUUID().slice(0, 8)}`;
  const { ticketId, contactId } = await clientWith(word);
  await boss.run(NOTE, { input: { ticketId, body: '<p>Not for them</p>' } });
  const supervisor = await world.person('SUPERVISOR');

  const { contactExport } = await boss.run(EXPORT, { id: contactId });
  const refused = await supervisor.run(EXPORT, { id: contactId });
  const refusedErase = await supervisor.run(ERASE, { id: contactId });
  const missing = await boss.run(EXPORT, { id: crypto.randomUUID() });

  const document = JSON.parse(contactExport.document);
  expect(document.client).toMatchObject({ name: `Client ${word}`, emails: [`${word}@client.test`], phones: [`+380 ${word}`] });
  expect(document.tickets).toMatchObject([{ subject: `Where is my ${word}?`, description: `<p>I am ${word}</p>`, state: 'NEW' }]);
  expect(contactExport.document).not.toContain('Not for them');
  expect(refused.contactExport).toEqual({ document: null, userErrors: [{ code: 'NOT_PERMITTED' }] });
  expect(refusedErase.contactErase.userErrors).toEqual([{ code: 'NOT_PERMITTED' }]);
  expect(missing.contactExport.userErrors).toEqual([{ code: 'REFERENCE_NOT_FOUND' }]);
  const log = await world.sql<{ kind: string }>(`select kind from security_event where details->>'contact' = ?`, [contactId]);
  expect(log).toEqual([{ kind: 'CLIENT_DATA_EXPORTED' }]);
});
