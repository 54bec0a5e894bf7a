import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

/** In every text of the contact. Letters only, so that it is also a word of the search. */
const mark = 'zqvxmark';

let world: World;
let boss: Person;
let bob: Person;

beforeAll(async () => {
  world = await World.open();
  boss = await world.person('ADMIN', { name: 'Boss' });
  bob = await world.person('SUPERVISOR', { name: 'Bob' });
});
afterAll(() => world.close());

/** The columns of all tables that contain the text, as `table.column`. */
async function columnsWith(text: string): Promise<string[]> {
  const tables = await world.sql<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await world.sql<{ key: string }>(
      `select distinct c.key from "${name}" t, jsonb_each_text(to_jsonb(t)) c where c.value ilike ? order by 1`,
      [`%${text}%`],
    );
    found.push(...rows.map(({ key }) => `${name}.${key}`));
  }
  return found;
}

/** Inputs that are not named after their mutation. */
const inputTypes: Record<string, string> = {
  ticketLinkOpen: 'TicketLinkInput',
  contactErase: 'ContactDataInput',
};

/** Runs a mutation by its name and input; it must refuse nothing. */
async function act(person: Person, name: string, input: object, select = '__typename') {
  const type = inputTypes[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const data = await person.run(
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${select} userErrors { ... on UserError { code field message } } } }`,
    {
      input,
    },
  );
  expect(data[name].userErrors, name).toEqual([]);
  return data[name];
}

async function askAsClient(url: string, query: string, variables: object) {
  const response = await fetch(`http://${world.node(0).url}/client/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${url.split('#')[1]}` },
    body: JSON.stringify({ query, variables }),
  });
  return ((await response.json()) as { data: Record<string, Record<string, unknown>> }).data;
}

async function upload(path: string, secret: string): Promise<string> {
  const response = await fetch(`http://${world.node(0).url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${secret}` },
    body: `content ${mark}`,
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

async function filesInStore(): Promise<number> {
  return (await readdir(world.filesPath, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
}

const said = (what: string) => `<p>${mark} ${mark}${what}</p>`;

async function customField(key: string, type: string): Promise<string> {
  const names = [{ locale: 'en', text: key }];
  return (await act(boss, 'fieldCreate', { key, type, names, forClients: type === 'TEXT' }, 'field { id }')).field.id;
}

async function newCustomer(word: string) {
  const input = {
    subject: `${word}subject`,
    description: `<p>${word}description</p>`,
    newContact: {
      name: `${word}name Name`,
      email: `${word}first@customer.test`,
      phone: `+380 ${word}`,
      organization: `${word}organization`,
      externalId: `${word}external`,
      data: [{ name: `${word}attribute`, value: `${word}value` }],
    },
  };
  const { ticket } = await act(boss, 'ticketCreate', input, 'ticket { id requester { id version } }');
  return { ticketId: ticket.id as string, contactId: ticket.requester.id as string };
}

/** Writes the mark wherever an agent or the customer can write on one ticket. */
async function writeEverywhere(ticketId: string, fields: { text: string; long: string }): Promise<void> {
  const fileFor = (name: string, draftId = '') =>
    upload(`/files?ticketId=${ticketId}&name=${mark}${name}.txt${draftId ? `&draftId=${draftId}` : ''}`, boss.secret);
  await act(boss, 'ticketEdit', { ticketId, subject: { from: `${mark}subject`, to: `${mark}formersubject` } });
  await act(boss, 'ticketEdit', { ticketId, subject: { from: `${mark}formersubject`, to: `${mark}subject` } });
  await act(boss, 'ticketSetFields', {
    ticketId,
    fields: [
      { fieldId: fields.text, to: [`${mark}field`] },
      { fieldId: fields.long, to: [`${mark}long`] },
    ],
  });
  await act(boss, 'ticketSetFields', { ticketId, fields: [{ fieldId: fields.text, to: [`${mark}changedfield`] }] });
  const { note } = await act(boss, 'noteAdd', { ticketId, body: said('note'), attachmentIds: [await fileFor('notefile')] }, 'note { id }');
  await act(boss, 'noteEdit', { noteId: note.id, version: 1, body: said('editednote') });
  const gone = await act(boss, 'noteAdd', { ticketId, body: said('deletednote') }, 'note { id }');
  await act(boss, 'noteDelete', { noteId: gone.note.id });
  await act(boss, 'replySend', { ticketId, body: said('reply'), attachmentIds: [await fileFor('replyfile')] });
  await act(boss, 'messageReceive', { ticketId, body: said('message') });
  await act(boss, 'ticketFileAdd', { ticketId, attachmentIds: [await fileFor('ticketfile')] });
  const removed = await fileFor('removedfile');
  await act(boss, 'ticketFileAdd', { ticketId, attachmentIds: [removed] });
  await act(boss, 'fileRemove', { attachmentId: removed });
  const draftId = crypto.randomUUID();
  await act(bob, 'draftSave', { ticketId, kind: 'NOTE', id: draftId, body: said('draft'), revision: 1 });
  await fileFor('draftfile', draftId);
  await act(boss, 'checklistAdd', { ticketId, texts: [`${mark}item`] });
  await act(boss, 'timeRecord', { ticketId, minutes: 5, comment: `${mark}time` });
  await act(boss, 'ticketTag', { ticketId, add: [`${mark}tag`, 'shared'], remove: [] });
  await writeAsCustomer(ticketId);
}

async function writeAsCustomer(ticketId: string): Promise<void> {
  const { ticket } = await act(boss, 'ticketLinkOpen', { ticketId }, 'ticket { status { id } publicLink { url } }');
  const { url } = ticket.publicLink;
  const id = crypto.randomUUID();
  const file = await upload(`/client/files?messageId=${id}&name=${mark}customerfile.txt`, url.split('#')[1]);
  const SEND = 'mutation ($input: ClientMessageSendInput!) { messageSend(input: $input) { sent } }';
  const sent = await askAsClient(url, SEND, { input: { id, text: `${mark} ${mark}onlink`, fileIds: [file] } });
  expect(sent.messageSend).toEqual({ sent: true });
  const status = (await boss.run('query ($id: ID!) { ticket(id: $id) { status { id } } }', { id: ticketId })).ticket.status.id;
  await act(boss, 'ticketSetStatus', { ticketId, from: status, to: world.status('RESOLVED') });
  const RATE = 'mutation ($input: ClientRatingInput!) { ratingGive(input: $input) { refusal } }';
  expect((await askAsClient(url, RATE, { input: { score: 2, comment: `${mark}rating` } })).ratingGive).toEqual({ refusal: null });
}

async function bulk(ticketId: string): Promise<void> {
  const { job } = await act(
    boss,
    'bulkStart',
    { ticketIds: [ticketId], action: { note: said('bulknote'), addTags: [`${mark}bulktag`] } },
    'job { id }',
  );
  const finished = async () => (await boss.run('query ($id: ID!) { bulkJob(id: $id) { finishedAt } }', { id: job.id })).bulkJob.finishedAt;
  await waitFor(async () => (await finished()) !== null, 'the bulk action');
}

/** An email to an agent about the ticket, as the notifications send it. */
async function mailBob(ticketId: string): Promise<void> {
  await act(bob, 'notificationSettingsSave', {
    rules: [{ kind: 'MESSAGE', scope: 'WATCHED', inApp: true, email: true, push: false }],
  });
  await act(bob, 'watcherAdd', { ticketId, memberId: bob.id });
  await act(boss, 'messageReceive', { ticketId, body: said('news') });
  world.time.now = new Date(Date.now() + 3_600_000);
  await waitFor(
    async () => (await world.sql('select 1 from outgoing_mail where recipient = ?', [bob.member.email])).length > 0,
    'the email',
  );
  world.time.now = null;
}

it('leaves no text of an erased contact in any column of any table nor in the file store', async () => {
  await world.sql('update workspace set ask_for_rating = true, time_accounting = true');
  const fields = { text: await customField('text', 'TEXT'), long: await customField('long', 'LONG_TEXT') };
  const { ticketId, contactId } = await newCustomer(mark);
  const other = await newCustomer('unrelated');
  await act(boss, 'contactEdit', {
    contactId,
    version: 1,
    firstName: `${mark}newfirst`,
    lastName: `${mark}newlast`,
    emails: [`${mark}first@customer.test`, `${mark}second@customer.test`],
    phones: [`+380 ${mark}`, `+48 ${mark}`],
    organization: `${mark}organization`,
    externalId: `${mark}external`,
    notes: `${mark}aboutthem`,
    data: [{ name: `${mark}attribute`, value: `${mark}value` }],
  });
  await writeEverywhere(ticketId, fields);
  await bulk(ticketId);
  await mailBob(ticketId);
  // A second record of the same customer, with its own ticket and conversation, merged into the first.
  const second = await newCustomer(`${mark}twin`);
  await world.sql(`update contact set external_id = null where id = ?`, [second.contactId]);
  await act(boss, 'conversationOpen', { contactId: second.contactId, body: said('conversation') });
  await act(boss, 'contactMerge', { sourceId: second.contactId, destinationId: contactId });
  // A ticket of theirs that became part of another customer's, with what moved there.
  const moved = await newCustomer(`${mark}moved`);
  await world.sql('update ticket set requester_id = ? where id = ?', [contactId, moved.ticketId]);
  await act(boss, 'noteAdd', { ticketId: moved.ticketId, body: said('movednote') });
  await act(boss, 'ticketTag', { ticketId: moved.ticketId, add: [`${mark}movedtag`], remove: [] });
  await act(boss, 'checklistAdd', { ticketId: moved.ticketId, texts: [`${mark}moveditem`] });
  await act(boss, 'messageReceive', { ticketId: moved.ticketId, body: said('movedmessage') });
  await act(boss, 'ticketSetFields', { ticketId: moved.ticketId, fields: [{ fieldId: fields.text, to: [`${mark}movedfield`] }] });
  await act(boss, 'ticketFileAdd', {
    ticketId: moved.ticketId,
    attachmentIds: [await upload(`/files?ticketId=${moved.ticketId}&name=${mark}movedfile.txt`, boss.secret)],
  });
  const blank = await newCustomer('blank');
  await world.sql(`update ticket set description = '' where id = ?`, [blank.ticketId]);
  const last = await newCustomer('last');
  await world.sql(`update ticket set description = '' where id = ?`, [last.ticketId]);
  const copied = await newCustomer(`${mark}copied`);
  await world.sql('update ticket set requester_id = ? where id = ?', [contactId, copied.ticketId]);
  await act(boss, 'ticketSetFields', { ticketId: copied.ticketId, fields: [{ fieldId: fields.long, to: [`${mark}copiedfield`] }] });
  await act(boss, 'ticketMerge', { sourceId: copied.ticketId, destinationId: blank.ticketId });
  await act(boss, 'ticketMerge', { sourceId: blank.ticketId, destinationId: last.ticketId });
  await act(boss, 'ticketMerge', { sourceId: moved.ticketId, destinationId: other.ticketId });
  await act(boss, 'ticketTag', { ticketId: other.ticketId, add: ['shared'], remove: [] });
  // Tags of the settings are deleted where they name the contact, and kept where only they happened to have them.
  await act(boss, 'ticketTag', { ticketId, add: ['naming', 'keeping'], remove: [] });
  await act(boss, 'ticketTag', { ticketId: other.ticketId, add: ['naming'], remove: [] });
  const { tags } = await boss.run('{ tags { id name version } }');
  for (const [from, to] of [
    ['naming', `Re ${mark}newfirst ${mark}newlast`],
    ['keeping', 'kept'],
  ]) {
    const { id: tagId, version } = tags.find(({ name }: { name: string }) => name === from);
    await act(boss, 'tagRename', { tagId, version, name: to });
  }
  const before = await columnsWith(mark);

  await act(boss, 'contactErase', { contactId });
  await act(boss, 'contactErase', { contactId: moved.contactId });
  await act(boss, 'contactErase', { contactId: copied.contactId });
  await waitFor(async () => (await filesInStore()) === 0, 'the files to go');

  expect(before).toEqual(
    [
      'attachment.name',
      'bulk_item.changes',
      'bulk_job.action',
      'checklist_item.text',
      'contact.data',
      'contact.email',
      'contact.external_id',
      'contact.first_name',
      'contact.last_name',
      'contact.name',
      'contact.notes',
      'contact.organization',
      'contact.phone',
      'contact_address.value',
      'contact_merge.before',
      'draft.body',
      'event.changes',
      'event.facets',
      'merge.filled',
      'message.author_name',
      'message.body',
      'note.body',
      'note_version.body',
      'outgoing_mail.body',
      'outgoing_mail.files',
      'outgoing_mail.html',
      'outgoing_mail.subject',
      'outgoing_mail.recipient',
      'rating.comment',
      'search_word.word',
      'security_event.details',
      'setting_version.state',
      'tag.name',
      'ticket.description',
      'ticket.subject',
      'ticket_field.sort_text',
      'ticket_field.value',
      'ticket_search.words',
      'time_entry.comment',
    ].sort(),
  );
  expect(await columnsWith(mark)).toEqual([]);
  expect(await world.sql(`select name from tag where name in ('kept', 'shared') order by 1`)).toEqual([
    { name: 'kept' },
    { name: 'shared' },
  ]);
  const left = await boss.run(
    'query ($id: ID!) { ticket(id: $id) { subject description requester { name email } tags { name } fields { values } } }',
    {
      id: other.ticketId,
    },
  );
  expect(left.ticket).toMatchObject({
    subject: 'unrelatedsubject',
    description: '<p>unrelateddescription</p>',
    requester: { name: 'unrelatedname Name', email: 'unrelatedfirst@customer.test' },
    tags: [{ name: 'shared' }],
  });
});
