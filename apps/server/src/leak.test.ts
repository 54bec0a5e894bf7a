import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, parse, type FieldNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from './testing/browser.ts';
import { waitFor, World, type Person, type Stream } from './testing/world.ts';

interface PageOperation {
  readonly text: string;
  readonly kind: string;
  readonly name: string;
  readonly root: string;
  readonly variables: readonly string[];
}

/** Every operation of the agent UI. */
const operations = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../web/src/lib/graphql/generated/operations.json'), 'utf8')) as string[]
).flatMap((text) =>
  parse(text)
    .definitions.flatMap((definition) => (definition.kind === Kind.OPERATION_DEFINITION ? [definition] : []))
    .map((definition): PageOperation => ({
      text,
      kind: definition.operation,
      name: definition.name?.value ?? '',
      root: (definition.selectionSet.selections[0] as FieldNode).name.value,
      variables: (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value),
    })),
);

/** The subscriptions that deliver to each reader. All others refuse, or deliver null. */
const delivering = {
  guest: [
    'ContactTicketsChanged',
    // Of the ticket, which guests can read.
    'ConversationChanged',
    'NotificationsChanged',
    'OtherTicket',
    'PresenceChanged',
    'PresencesChanged',
    'SettingsChanged',
    'TicketChanged',
    'TicketsChanged',
    'ViewChanged',
    'ViewCounts',
    'ViewsChanged',
  ],
  token: [
    'ContactChanged',
    'ContactTicketsChanged',
    'ConversationChanged',
    'OtherTicket',
    'PresenceChanged',
    'PresencesChanged',
    'SettingsChanged',
    'TicketChanged',
    'TicketsChanged',
    'ViewChanged',
    'ViewCounts',
    'ViewsChanged',
  ],
} as const;
type Reader = keyof typeof delivering;

const SECRET = `taint${crypto.randomUUID().slice(0, 8)}`;
/** Part of everything that happens after the note. A stream that delivered it has delivered what came before. */
const MARKER = `marker${crypto.randomUUID().slice(0, 8)}`;

let world: World;
let author: Person;
let team: string;
const readers = {} as Record<Reader, Person>;
const streams: { readonly reader: Reader; readonly operation: PageOperation; readonly stream: Stream; atMarker: number }[] = [];
let known: Record<string, Record<string, unknown>>;
let ticketId: string;
let contactId: string;
let noteId: string;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  author = await world.person('OWNER', { name: 'Author', teams: [team] });
  readers.guest = await world.person('GUEST', { teams: [team] });
  readers.token = await withoutNotes(await world.person('AGENT', { teams: [team] }));
  contactId = (await world.contact({ name: 'Client' })).id;
  const ticket = await world.ticket({ teamId: team, requesterId: contactId });
  ticketId = ticket.id;
  const { view } = await author.run('{ view(key: "open") { id } }');
  const job = crypto.randomUUID();
  const common = {
    ticketId,
    number: ticket.number,
    key: 'open',
    viewId: view.id,
    viewIds: [view.id],
    filter: {},
    kind: 'NOTE',
    withFields: true,
    order: 'UPDATED',
    search: SECRET,
    text: SECRET,
    since: '2026-01-01T00:00:00Z',
  };
  known = {
    contact: { ...common, id: contactId },
    job: { ...common, id: job },
    ticket: { ...common, id: ticketId },
  };
});
afterAll(() => world.close());

async function withoutNotes(agent: Person): Promise<Person> {
  const { accessTokenCreate } = await agent.run(
    `mutation ($input: AccessTokenCreateInput!) { accessTokenCreate(input: $input) { secret userErrors { ... on UserError { message } } } }`,
    { input: { name: 'No notes', permissions: ['ticket.read', 'ticket.unteamed.see', 'contact.read'] } },
  );
  expect(accessTokenCreate.userErrors).toEqual([]);
  return world.seat(agent.member, accessTokenCreate.secret, 0);
}

function variablesOf({ name, root, variables }: PageOperation): object {
  const thing = name.startsWith('Contact') || root.startsWith('contact') ? 'contact' : root.startsWith('bulkJob') ? 'job' : 'ticket';
  return Object.fromEntries(Object.entries(known[thing] ?? {}).filter(([key]) => variables.includes(key)));
}

async function act(name: string, inputType: string, input: object, select = ''): Promise<Record<string, unknown>> {
  const data = await author.run(
    `mutation ($input: ${inputType}!) { ${name}(input: $input) { ${select} userErrors { ... on UserError { code message } } } }`,
    { input },
  );
  expect(data[name].userErrors, name).toEqual([]);
  return data[name];
}

/** Follows every subscription of the agent UI and waits until each has answered. */
async function followEverything(): Promise<void> {
  for (const reader of Object.keys(readers) as Reader[]) {
    for (const operation of operations) {
      if (operation.kind !== 'subscription') continue;
      const stream = readers[reader].follow(operation.text, variablesOf(operation));
      streams.push({ reader, operation, stream, atMarker: 0 });
    }
  }
  const silent = () =>
    streams.filter(({ stream: { received, faults }, operation }) => received.length + faults.length === 0 && !quiet.has(operation.name));
  await waitFor(
    () => silent().length === 0,
    () =>
      `answers of ${silent()
        .map(({ reader, operation }) => `${operation.name} for ${reader}`)
        .join(', ')}`,
  );
}

/** Send nothing until something happens. */
const quiet: ReadonlySet<string> = new Set(['ContactTicketsChanged', 'TicketsChanged', 'ViewChanged', 'PresencesChanged']);

async function writeNote(): Promise<void> {
  const mention = ({ id, member }: Person) => `<span data-type="mention" data-id="${id}">@${member.name}</span>`;
  const body = `<p>${SECRET} ${mention(readers.token)}</p>`;
  const { note } = await act('noteAdd', 'NoteAddInput', { ticketId, body }, 'note { id }');
  noteId = (note as { id: string }).id;
  await act('noteEdit', 'NoteEditInput', { noteId, version: 1, body: `<p>${SECRET} again</p>` });
}

/** Does something that each stream delivers to readers who may see it. */
async function mark(): Promise<void> {
  for (const entry of streams) entry.atMarker = entry.stream.received.length;
  await act('ticketTag', 'TicketTagInput', { ticketId, add: [MARKER] });
  await act('ticketEdit', 'TicketEditInput', { ticketId, subject: { from: await subject(), to: MARKER } });
  await act('messageReceive', 'MessageReceiveInput', { ticketId, body: `<p>${MARKER}</p>` });
  await act('conversationOpen', 'ConversationOpenInput', { contactId, body: MARKER });
  const { contact } = await author.run('query ($id: ID!) { contact(id: $id) { version emails } }', { id: contactId });
  await act('contactEdit', 'ContactEditInput', { contactId, name: MARKER, phones: [], notes: '', ...contact });
  const order = { filter: {}, order: 'DUE', audience: 'WORKSPACE' };
  await act('viewCreate', 'ViewCreateInput', { name: MARKER, ...order });
  await act('topicCreate', 'TopicCreateInput', { names: [{ locale: 'en', text: MARKER }] });
  const visitor = await world.person('AGENT', { name: MARKER, teams: [team] });
  await visitor.follow('subscription ($id: ID!) { presenceChanged(ticketId: $id) { activity } }', { id: ticketId }).begun();
  await world.ticket({ teamId: team, requesterId: contactId, subject: MARKER });
}

async function subject(): Promise<string> {
  return (await author.run('query ($id: ID!) { ticket(id: $id) { subject } }', { id: ticketId })).ticket.subject;
}

/** Whether a stream has delivered something that happened after the note. */
function hasMarker({ operation, stream, atMarker }: (typeof streams)[number]): boolean {
  const after = stream.received.slice(atMarker);
  // These deliver only IDs and numbers.
  if (idsOnly.has(operation.name)) return after.some((data) => data[operation.root] !== null);
  return after.some((data) => JSON.stringify(data).includes(MARKER));
}

const idsOnly: ReadonlySet<string> = new Set(['ContactTicketsChanged', 'SettingsChanged', 'ViewCounts']);

function delivers({ reader, operation }: (typeof streams)[number]): boolean {
  return (delivering[reader] as readonly string[]).includes(operation.name);
}

async function waitForMarkers(): Promise<void> {
  const waiting = () => streams.filter((entry) => delivers(entry) && !hasMarker(entry));
  await waitFor(
    () => waiting().length === 0,
    () =>
      `the marker in ${waiting()
        .map(({ reader, operation }) => `${operation.name} of ${reader}`)
        .join(', ')}`,
  );
  await Promise.all(streams.map(({ stream }) => stream.flushed()));
}

/** Emails are written some time after the event. */
async function waitForEmails(): Promise<void> {
  const recipients = async () =>
    (
      await world.sql<{ recipient: string }>(`select distinct recipient from outgoing_mail where body like ? or subject like ?`, [
        `%${MARKER}%`,
        `%${MARKER}%`,
      ])
    ).map(({ recipient }) => recipient);
  world.time.now = new Date(Date.now() + 10 * 60_000);
  await waitFor(async () => {
    const found = await recipients();
    return Object.values(readers).every(({ member }) => found.includes(member.email));
  }, 'an email to each reader');
}

describe('a note', () => {
  beforeAll(async () => {
    for (const { id } of Object.values(readers)) await act('watcherAdd', 'WatcherAddInput', { ticketId, memberId: id });
    await followEverything();
    await writeNote();
    await mark();
  }, 60_000);

  it('is not delivered by any subscription to a reader without access to notes', async () => {
    await waitForMarkers();

    const leaks = streams.filter(({ stream: { received, faults } }) => JSON.stringify({ received, faults }).includes(SECRET));
    expect(leaks.map(({ reader, operation }) => `${operation.name} to ${reader}`)).toEqual([]);
    const marked = streams.filter((entry) => !delivers(entry) && hasMarker(entry));
    expect(marked.map(({ reader, operation }) => `${operation.name} to ${reader}`)).toEqual([]);
  });

  it('is not returned by any query of the agent UI to a reader without access to notes', async () => {
    const leaks: string[] = [];
    let marked = 0;
    const askers = { ...readers, 'no credential': new Browser(world) };
    for (const [reader, asker] of Object.entries(askers)) {
      for (const operation of operations) {
        if (operation.kind !== 'query') continue;
        const answer = JSON.stringify(await asker.ask(operation.text, variablesOf(operation)));
        if (answer.includes(SECRET)) leaks.push(`${operation.name} to ${reader}`);
        if (answer.includes(MARKER)) marked++;
      }
    }

    expect(leaks).toEqual([]);
    // The readers see the ticket itself in many of the answers.
    expect(marked).toBeGreaterThan(10);
  });

  it('is not named by node(), by a conflict, or by an email to a reader without access to notes', async () => {
    const EDIT = `mutation ($input: NoteEditInput!) { noteEdit(input: $input) { userErrors { ... on UserError { message } ... on NoteConflict { theirs } } } }`;
    const answers: unknown[] = [];
    for (const reader of Object.values(readers)) {
      answers.push(await reader.ask('query ($id: ID!) { node(id: $id) { id ... on Note { body } } }', { id: noteId }));
      answers.push(await reader.ask(EDIT, { input: { noteId, version: 1, body: 'x' } }));
    }
    await waitForEmails();
    const emails = await world.sql('select recipient, subject, body from outgoing_mail');

    expect(JSON.stringify(answers)).not.toContain(SECRET);
    expect(JSON.stringify(emails)).not.toContain(SECRET);
  });

  it('is returned to its author, so the tests above would find it', async () => {
    const found = operations.filter(({ kind }) => kind === 'query');
    const answers = await Promise.all(found.map((operation) => author.ask(operation.text, variablesOf(operation))));

    expect(answers.filter((answer) => JSON.stringify(answer).includes(SECRET)).length).toBeGreaterThan(1);
  });
});
