import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isUnionType,
  type GraphQLField,
  type GraphQLObjectType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Role } from './domains/identity/index.ts';
import { createTicket } from './domains/tickets/index.ts';
import { fields, operations, type Fixture, type OnTicket, type Row } from './testing/access-matrix.ts';
import { Browser } from './testing/browser.ts';
import { waitFor, World, type Person, type Reply } from './testing/world.ts';

const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../../schema.graphql'), 'utf8'));
const letters = { O: 'OWNER', A: 'ADMIN', S: 'SUPERVISOR', M: 'AGENT', L: 'LIGHT_AGENT', G: 'GUEST' } as const;
type Letter = keyof typeof letters;
const places = ['free', 'taken', 'other', 'foreign'] as const;
type Place = (typeof places)[number];

const roots = {
  query: schema.getQueryType() as GraphQLObjectType,
  mutation: schema.getMutationType() as GraphQLObjectType,
  subscription: schema.getSubscriptionType() as GraphQLObjectType,
};
type Kind = keyof typeof roots;
const named = (kind: Kind): [string, Row][] =>
  Object.keys(roots[kind].getFields()).map((name) => [name, operations[name] ?? ({ on: 'self', who: '' } as Row)]);

let world: World;
let own: string;
let other: string;
let colleague: Person;
let stranger: { ticketId: string; person: Person };
const people = new Map<Letter, Person>();
let contactId: string;
let spare: Person;
let count = 0;

beforeAll(async () => {
  world = await World.open();
  own = await world.team('Own');
  other = await world.team('Other');
  for (const [letter, role] of Object.entries(letters)) people.set(letter as Letter, await world.person(role, { teams: [own] }));
  await world.sql(`update member set all_teams = false where role = 'SUPERVISOR'`);
  colleague = await world.person('AGENT', { teams: [own, other] });
  spare = await world.person('GUEST');
  stranger = await world.stranger();
  const { contactCreate } = await somebody('O').run(
    `mutation { contactCreate(input: { name: "Client", email: "client@client.test", phone: "+380441234567", organization: "Acme", externalId: "crm-1" }) { contact { id } } }`,
  );
  contactId = contactCreate.contact.id;
});
afterAll(() => world.close());

function somebody(letter: Letter): Person {
  const person = people.get(letter);
  if (!person) throw new Error(`nobody is ${letter}`);
  return person;
}

async function ticketAt(place: Place): Promise<{ id: string; assigneeId: string | null; noteId: string }> {
  const foreign = place === 'foreign';
  const workspaceId = foreign ? stranger.person.member.workspaceId : world.workspaceId;
  const assigneeId = place === 'taken' ? colleague.id : null;
  const teamId = foreign ? null : place === 'other' ? other : own;
  const { id } = await createTicket(world.desk.systemScope(workspaceId), { subject: 'Matrix', teamId, assigneeId });
  const author = foreign ? stranger.person : colleague;
  const { noteAdd } = await author.run(`mutation ($input: NoteAddInput!) { noteAdd(input: $input) { note { id } } }`, {
    input: { ticketId: id, body: '<p>A note</p>' },
  });
  return { id, assigneeId, noteId: noteAdd.note.id };
}

async function fixture(letter: Letter, place: Place = 'free', row?: Row): Promise<Fixture> {
  const unique = `matrix-${++count}`;
  const ticket =
    row && row.on !== 'ticket' ? { id: crypto.randomUUID(), assigneeId: null, noteId: crypto.randomUUID() } : await ticketAt(place);
  const owner = somebody('O');
  const needs = String(row?.input ?? '');
  const { teamCreate } = needs.includes('teamId')
    ? await owner.run(`mutation { teamCreate(input: { name: "${unique} team" }) { team { id } } }`)
    : { teamCreate: { team: { id: '' } } };
  const { roleCreate } = needs.includes('roleId')
    ? await owner.run(`mutation { roleCreate(input: { name: "${unique} role", permissions: [] }) { role { id } } }`)
    : { roleCreate: { role: { id: crypto.randomUUID() } } };
  const spareTicketId = /spareTicketId|mergedId/.test(needs) ? (await ticketAt('free')).id : crypto.randomUUID();
  if (needs.includes('mergedId') && place !== 'foreign') {
    await owner.run(`mutation ($input: TicketMergeInput!) { ticketMerge(input: $input) { source { id } } }`, {
      input: { sourceId: ticket.id, destinationId: spareTicketId },
    });
  }
  const { view } = await owner.run('{ view(key: "open") { id } }');
  return {
    ticketId: ticket.id,
    assigneeId: ticket.assigneeId,
    noteId: ticket.noteId,
    spareTicketId,
    mergedId: ticket.id,
    contactId,
    spareContactId: needs.includes('spareContactId') ? await spareContact(unique) : crypto.randomUUID(),
    memberId: spare.id,
    teamId: teamCreate.team.id,
    roleId: roleCreate.role.id,
    me: somebody(letter).id,
    open: world.status('NEW'),
    inProgress: world.status('OPEN'),
    viewId: view.id,
    unique,
  };
}

async function spareContact(name: string): Promise<string> {
  const { contactCreate } = await somebody('O').run(`mutation { contactCreate(input: { name: "${name}" }) { contact { id } } }`);
  return contactCreate.contact.id;
}

/** The document of an operation with the variables of its row. */
function question(kind: Kind, name: string, row: Row, given: Fixture): [string, object] {
  const field = roots[kind].getFields()[name];
  if (!field) throw new Error(`there is no ${name}`);
  const input = row.input?.(given) ?? {};
  const payload = getNamedType(field.type);
  const refusals = isObjectType(payload) && payload.getFields().userErrors ? 'userErrors { ... on UserError { code message } }' : '';
  const selection = `${row.select ?? ''} ${refusals}`.trim();
  const inside = selection === '' ? '' : `{ ${selection} }`;
  const variables: Record<string, unknown> = kind === 'mutation' && field.args.length > 0 ? { input } : { ...input };
  const asked = field.args.filter((arg) => arg.name in variables);
  const heads = asked.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
  const args = asked.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  return [`${kind} ${heads && `(${heads})`} { ${name}${args && `(${args})`} ${inside} }`, variables];
}

function isYes(name: string, row: Row, given: Fixture, { data, errors }: Reply): boolean {
  const answer = data?.[name];
  if (errors || answer === null || answer === undefined) return false;
  if (row.yes) return row.yes(answer as never, given);
  return (answer.userErrors ?? []).length === 0;
}

describe('the table', () => {
  it('has a row for every operation, and none for what is not there', () => {
    const names = Object.values(roots).flatMap((root) => Object.keys(root.getFields()));

    expect(Object.keys(operations).sort()).toEqual(names.sort());
  });

  it('has every field of every thing', () => {
    const carriers = /(Payload|Connection|Edge)$|^PageInfo$|^__/;
    const things = Object.values(schema.getTypeMap()).filter(
      (type): type is GraphQLObjectType =>
        isObjectType(type) &&
        !carriers.test(type.name) &&
        !Object.values(roots).includes(type) &&
        !type.getInterfaces().some(({ name }) => name === 'UserError'),
    );

    const found = Object.fromEntries(things.map((type) => [type.name, Object.keys(type.getFields()).sort()]));
    const listed = Object.fromEntries(
      Object.entries(fields).map(([name, line]) => [
        name,
        fieldsOf(line)
          .map(([field]) => field)
          .sort(),
      ]),
    );
    expect(listed).toEqual(found);
  });
});

function fieldsOf(line: string): [field: string, who: string][] {
  return line.split(' ').map((word) => {
    const [field = '', who = 'OASMLG'] = word.split(':');
    return [field, who];
  });
}

const expected = (row: Row, letter: Letter, place: Place): boolean => {
  if (row.on !== 'ticket') return row.who.includes(letter);
  return place !== 'foreign' && row[place].includes(letter);
};

/** An id inside an input that names nothing at all. */
function elsewhere(given: Fixture): Fixture {
  return {
    ...given,
    ticketId: crypto.randomUUID(),
    noteId: crypto.randomUUID(),
    mergedId: crypto.randomUUID(),
    spareTicketId: crypto.randomUUID(),
  };
}

for (const kind of ['query', 'mutation'] as const) {
  describe(`each ${kind}`, () => {
    for (const [name, row] of named(kind)) {
      it(`${name} answers those who may, and nobody else`, async () => {
        const wrong: string[] = [];
        for (const letter of Object.keys(letters) as Letter[]) {
          for (const place of row.on === 'ticket' ? places : (['free'] as const)) {
            const given = await fixture(letter, place, row);
            const answer = await somebody(letter).ask(...question(kind, name, row, given));
            const yes = isYes(name, row, given, answer);
            const should = expected(row, letter, place);
            if (yes !== should && row.yes?.toString() !== '() => true') wrong.push(`${letter} on ${place}: ${JSON.stringify(answer)}`);
            const visible = row.on === 'ticket' && place !== 'foreign' && seenBy(letter, place);
            if (!should && !visible && row.on === 'ticket' && row.input) {
              const nothing = await somebody(letter).ask(...question(kind, name, row, elsewhere(given)));
              if (JSON.stringify(nothing) !== JSON.stringify(answer))
                wrong.push(
                  `${letter} learns that there is something ${place}: ${JSON.stringify(answer)} in place of ${JSON.stringify(nothing)}`,
                );
            }
          }
        }
        const { data, errors } = await new Browser(world).ask(...question(kind, name, row, await fixture('O', 'free', row)));
        const anonymous = row.on !== 'ticket' && row.anonymous;
        if (!anonymous && errors?.[0]?.extensions.code !== 'UNAUTHENTICATED') wrong.push(`nobody: ${JSON.stringify({ data, errors })}`);

        expect(wrong).toEqual([]);
      });
    }
  });
}

/** Whether a ticket there is theirs to see: what they may not do to it may be said to them. */
function seenBy(letter: Letter, place: Exclude<Place, 'foreign'>): boolean {
  return (operations.ticket as OnTicket)[place].includes(letter);
}

describe('each subscription', () => {
  for (const [name, row] of named('subscription')) {
    it(`${name} tells those who may, and nobody else`, async () => {
      const wrong: string[] = [];
      for (const letter of Object.keys(letters) as Letter[]) {
        const person = somebody(letter);
        const spots = row.on === 'ticket' ? places : (['free'] as const);
        const givens = new Map<Place, Fixture>();
        for (const place of spots) givens.set(place, await fixture(letter, place, row));
        const answers =
          row.yes && row.yes.toString() !== '() => true'
            ? await toldOf(person, name, row, givens)
            : await firstOf(person, name, row, givens);
        for (const place of spots) {
          if (answers.get(place) !== expected(row, letter, place) && row.yes?.toString() !== '() => true')
            wrong.push(`${letter} on ${place}`);
        }
      }
      const given = await fixture('O', 'free', row);
      const nobody = world.seat(colleague.member, 'baton_nobody', 0).follow(...question('subscription', name, row, given));
      await waitFor(() => nobody.faults.length > 0 || nobody.received.length > 0, 'an answer to nobody');
      if (nobody.received.length > 0) wrong.push('nobody is told');

      expect(wrong).toEqual([]);
    });
  }
});

/** By the first thing that comes: something, or null or a fault. */
async function firstOf(person: Person, name: string, row: Row, givens: ReadonlyMap<Place, Fixture>) {
  const answers = new Map<Place, boolean>();
  for (const [place, given] of givens) {
    const stream = person.follow(...question('subscription', name, row, given));
    await waitFor(() => stream.received.length > 0 || stream.faults.length > 0, `${name} to begin`);
    answers.set(place, stream.received.length > 0 && stream.received[0][name] !== null);
    stream.close();
  }
  return answers;
}

/** By what is told when something happens to each ticket, up to something that everybody is told. */
async function toldOf(person: Person, name: string, row: Row, givens: ReadonlyMap<Place, Fixture>) {
  const [first] = givens.values();
  if (!first) throw new Error('nothing was given');
  const stream = person.follow(...question('subscription', name, row, first));
  const happened = (fixture: Fixture) => stream.received.some((data) => row.yes?.(data[name] as never, fixture));
  const control = await fixture('O', 'free');
  const touch = async ({ ticketId }: Fixture, place: Place) => {
    const actor = place === 'foreign' ? stranger.person : somebody('O');
    if (name === 'presencesChanged')
      return actor.follow('subscription ($ticketId: ID!) { presenceChanged(ticketId: $ticketId) { activity } }', { ticketId }).begun();
    return actor.run(`mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } } }`, {
      input: { ticketId, add: [`t${++count}`] },
    });
  };
  await waitFor(async () => {
    await touch(control, 'free');
    await new Promise((resolve) => setTimeout(resolve, 50));
    return happened(control);
  }, `${name} to begin`);
  for (const [place, given] of givens) await touch(given, place);
  const last = await fixture('O', 'free');
  await touch(last, 'free');
  await waitFor(() => happened(last), `${name} to tell of the last`);
  const answers = new Map([...givens].map(([place, given]) => [place, happened(given)]));
  stream.close();
  return answers;
}

describe('each field', () => {
  it('tells those who see the thing what the table says, and the others null', async () => {
    const { ticketId } = await fixture('O');
    await somebody('O').run(`mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { ticket { id } } }`, {
      input: { ticketId, requesterId: { from: null, to: contactId } },
    });
    await somebody('O').run(`mutation ($input: ReplySendInput!) { replySend(input: $input) { message { id } } }`, {
      input: { ticketId, body: '<p>Hello</p>' },
    });
    const things: Record<string, { query: string; at: (data: Reply['data']) => unknown; who: string }> = {
      Ticket: { query: `{ ticket(id: "${ticketId}") { FIELD } }`, at: (data) => data.ticket, who: 'OASMLG' },
      Contact: { query: `{ ticket(id: "${ticketId}") { requester { FIELD } } }`, at: (data) => data.ticket.requester, who: 'OASMLG' },
      Member: { query: `{ members { FIELD } }`, at: (data) => data.members[0], who: 'OASMLG' },
      Viewer: { query: `{ viewer { FIELD } }`, at: (data) => data.viewer, who: 'OASMLG' },
      Person: { query: `{ people { FIELD } }`, at: (data) => data.people[0], who: 'OAS' },
      Message: {
        query: `{ ticket(id: "${ticketId}") { messages { edges { node { FIELD } } } } }`,
        at: (data) => data.ticket.messages.edges[0].node,
        who: 'OASMLG',
      },
      Note: {
        query: `{ ticket(id: "${ticketId}") { notes { edges { node { FIELD } } } } }`,
        at: (data) => data.ticket.notes?.edges[0].node,
        who: 'OASML',
      },
    };
    const nullable = new Set<string>();
    const wrong: string[] = [];
    for (const [type, { query, at, who }] of Object.entries(things)) {
      for (const [field, told] of fieldsOf(fields[type] ?? '')) {
        const definition = (schema.getType(type) as GraphQLObjectType).getFields()[field] as GraphQLField<unknown, unknown>;
        const asOwner = await valueFor('O', query, at, definition);
        if (asOwner === null) nullable.add(`${type}.${field}`);
        for (const letter of Object.keys(letters) as Letter[]) {
          if (!who.includes(letter) || asOwner === null) continue;
          const value = await valueFor(letter, query, at, definition);
          if ((value !== null) !== told.includes(letter)) wrong.push(`${type}.${field} for ${letter}: ${JSON.stringify(value)}`);
        }
      }
    }

    expect(wrong).toEqual([]);
    // What is null even for an owner says nothing here; these are, on an open ticket without a snooze, team topic or clock stop.
    expect([...nullable].sort()).toEqual(expect.not.arrayContaining(['Ticket.notes', 'Contact.email', 'Contact.phone']));
  });
});

async function valueFor(letter: Letter, query: string, at: (data: Reply['data']) => unknown, field: GraphQLField<unknown, unknown>) {
  const type = getNamedType(field.type);
  const inside = isLeafType(type) ? '' : isObjectType(type) || isInterfaceType(type) || isUnionType(type) ? '{ __typename }' : '';
  const { data, errors } = await somebody(letter).ask(query.replace('FIELD', `${field.name} ${inside}`));
  if (errors) return null;
  return (at(data) as Record<string, unknown> | undefined)?.[field.name] ?? null;
}

it('has a letter for every role there is', () => {
  expect(Object.values(letters).sort()).toEqual(
    Object.values(Role)
      .filter((role) => role !== Role.CUSTOM)
      .sort(),
  );
});
