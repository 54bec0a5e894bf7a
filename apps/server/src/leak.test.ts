import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, parse } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Browser } from './testing/browser.ts';
import { waitFor, World, type Person, type Stream } from './testing/world.ts';

/** Everything that the pages ask, which is everything there is to ask. */
const operations = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../web/src/lib/graphql/generated/operations.json'), 'utf8')) as string[]
).flatMap((text) =>
  parse(text).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? [{ text, kind: definition.operation, names: (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value) }]
      : [],
  ),
);

let world: World;
let author: Person;
let team: string;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  author = await world.person('AGENT', { teams: [team] });
});
afterAll(() => world.close());

it('says nothing of a note to whoever may not read notes, in any answer, event, letter or error', async () => {
  const word = `taint${crypto.randomUUID().slice(0, 8)}`;
  const guest = await world.person('GUEST', { teams: [team] });
  const light = await world.person('AGENT', { teams: [team] });
  const { accessTokenCreate } = await light.run(
    `mutation ($input: AccessTokenCreateInput!) { accessTokenCreate(input: $input) { secret } }`,
    { input: { name: 'No notes', permissions: ['ticket.unteamed.see', 'contact.read'] } },
  );
  const token = world.seat(light.member, accessTokenCreate.secret, 0);
  const readers = [guest, token];
  const { id, number } = await world.ticket({ teamId: team });
  const { view } = await author.run('{ view(key: "open") { id } }');
  const known: Record<string, unknown> = {
    id,
    ticketId: id,
    number,
    key: 'open',
    viewId: view.id,
    filter: {},
    order: 'UPDATED',
    search: word,
  };
  const variablesOf = (names: readonly string[]) =>
    Object.fromEntries(names.filter((name) => name in known).map((name) => [name, known[name]]));

  const streams: Stream[] = [];
  for (const reader of readers) {
    for (const { text, kind, names } of operations) if (kind === 'subscription') streams.push(reader.follow(text, variablesOf(names)));
    await reader.run(`mutation ($input: WatcherAddInput!) { watcherAdd(input: $input) { userErrors { ... on UserError { code } } } }`, {
      input: { ticketId: id, memberId: reader.id },
    });
  }
  const { noteAdd } = await author.run(`mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id version } } }`, {
    input: {
      ticketId: id,
      body: `<p>${word} <span data-type="mention" data-id="${light.id}">@Light</span></p>`,
    },
  });
  await author.run(`mutation ($input: NoteEditInput!) { noteEdit(input: $input) { note { id } } }`, {
    input: { noteId: noteAdd.note.id, version: 1, body: `<p>${word} again</p>` },
  });
  // Something that everybody is told, after everything else.
  await author.run(`mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } } }`, {
    input: { ticketId: id, add: ['the-last'] },
  });
  await waitFor(() =>
    readers.every((_, at) =>
      streams.some((stream, place) => place % readers.length === at || JSON.stringify(stream.received).includes('the-last')),
    ),
  );

  const said: string[] = [];
  for (const reader of readers) {
    for (const { text, kind, names } of operations) {
      if (kind === 'query') said.push(JSON.stringify(await reader.ask(text, variablesOf(names))));
    }
    said.push(JSON.stringify(await reader.ask('query ($id: ID!) { node(id: $id) { id ... on Note { body } } }', { id: noteAdd.note.id })));
    said.push(
      JSON.stringify(
        await reader.ask(
          `mutation ($input: NoteEditInput!) { noteEdit(input: $input) { userErrors { ... on UserError { message } ... on NoteConflict { theirs } } } }`,
          {
            input: { noteId: noteAdd.note.id, version: 1, body: 'x' },
          },
        ),
      ),
    );
  }
  for (const { text, kind, names } of operations) {
    if (kind === 'query') said.push(JSON.stringify(await new Browser(world).ask(text, variablesOf(names))));
  }
  said.push(...streams.map(({ received, faults }) => JSON.stringify({ received, faults })));
  said.push(JSON.stringify(await world.sql('select recipient, subject, body from outgoing_mail')));
  const told = await author.ask('query ($id: ID!) { ticket(id: $id) { notes { edges { node { body } } } } }', { id });

  // The author is told, so the test would see it.
  expect(JSON.stringify(told)).toContain(word);
  expect(said.length).toBeGreaterThan(40);
  expect(said.filter((text) => text.includes(word))).toEqual([]);
});
