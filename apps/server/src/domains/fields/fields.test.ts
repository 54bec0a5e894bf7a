import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';
import { canonicalValues } from './field-value.ts';
import type { CustomField, FieldType } from './field.entity.ts';

const FIELD = 'id key type names { locale text } options { id names { text } } required topicIds defaultValues version forLightAgents';
const ERRORS =
  'userErrors { __typename ... on UserError { code field message } ... on FieldsRefused { faults { fieldId message theirs } } }';
const CREATE = `mutation ($input: FieldCreateInput!) { fieldCreate(input: $input) { field { ${FIELD} } ${ERRORS} } }`;
const EDIT = `mutation ($input: FieldEditInput!) { fieldEdit(input: $input) { field { ${FIELD} } ${ERRORS} } }`;
const REMOVE = `mutation ($input: FieldRemoveInput!) { fieldRemove(input: $input) { field { id } ${ERRORS} } }`;
const ORDER = `mutation ($input: FieldsOrderInput!) { fieldsOrder(input: $input) { fields { key } ${ERRORS} } }`;
const SET = `mutation ($input: TicketSetFieldsInput!) { ticketSetFields(input: $input) { ticket { version } ${ERRORS} } }`;
const TICKET_CREATE = `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id } ${ERRORS} } }`;
const TICKET_EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { ticket { id } ${ERRORS} } }`;
const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { ${ERRORS} } }`;
const TICKET = `query ($id: ID!) { ticket(id: $id) { version fields { field { key } values } activity { edges { node { type changes { field names { text } from { text } to { text } } } } } } }`;

let world: World;
let team: string;
let admin: Person;
let ada: Person;
let light: Person;

beforeAll(async () => {
  world = await World.open();
  team = await world.team();
  admin = await world.person('ADMIN');
  ada = await world.person('AGENT', { name: 'Ada', teams: [team] });
  light = await world.person('LIGHT_AGENT', { teams: [team] });
});
// Each test has fields of its own.
beforeEach(() => world.sql('update custom_field set removed_at = now() where removed_at is null'));
afterAll(() => world.close());

let count = 0;
const english = (text: string) => [{ locale: 'en', text }];
async function field(type: FieldType, more: object = {}) {
  const key = `f${++count}`;
  const { field: made, userErrors } = (await admin.run(CREATE, { input: { key, type, names: english(`Field ${count}`), ...more } }))
    .fieldCreate;
  expect(userErrors).toEqual([]);
  return made as { id: string; key: string; version: number; options: { id: string }[] };
}
const open = async (input: object = {}) =>
  (await ada.run(TICKET_CREATE, { input: { subject: 'With fields', internal: !('requesterId' in input), teamId: team, ...input } }))
    .ticketCreate;
const set = async (person: Person, ticketId: string, fields: object[]) =>
  (await person.run(SET, { input: { ticketId, fields } })).ticketSetFields;
const valuesOf = async (id: string, person = ada): Promise<Record<string, string[]>> =>
  Object.fromEntries(
    (await person.run(TICKET, { id })).ticket.fields.map((one: { field: { key: string }; values: string[] }) => [
      one.field.key,
      one.values,
    ]),
  );

describe('a field of the workspace’s own', () => {
  it('says how long a text in it is, and what it looks like, in a pattern that no text can make slow', async () => {
    const serial = await field('TEXT', { minimum: 4, maximum: 8, pattern: 'SN-\\d+' });
    const { ticket } = await open();
    const faultOf = async (to: string) =>
      (await set(ada, ticket.id, [{ fieldId: serial.id, to: [to] }])).userErrors[0]?.faults[0]?.message ?? null;
    const slow = await field('LONG_TEXT', { pattern: '(a+)+b' });

    expect(await faultOf('SN-')).toBe('Write at least 4 characters; 3 were given.');
    expect(await faultOf('SN-1234567')).toBe('Write at most 8 characters; 10 were given.');
    expect(await faultOf('xSN-12')).toBe('"xSN-12" does not look like SN-\\d+.');
    expect(await faultOf('SN-77')).toBeNull();
    expect((await set(ada, ticket.id, [{ fieldId: slow.id, to: ['a'.repeat(9_000)] }])).userErrors[0].faults).toHaveLength(1);

    const refused = async (input: object) =>
      (await admin.run(CREATE, { input: { key: `f${++count}`, type: 'TEXT', names: english('x'), ...input } })).fieldCreate.userErrors;
    expect(await refused({ pattern: '(' })).toMatchObject([{ field: 'pattern', message: expect.stringContaining('is no pattern') }]);
    expect(await refused({ pattern: 'x'.repeat(201) })).toMatchObject([{ field: 'pattern' }]);
    expect(await refused({ pattern: '\\d+', defaultValues: ['none'] })).toMatchObject([{ field: 'defaultValues' }]);
  });

  it('is made, changed, put in order and removed by those who save settings, and nobody else', async () => {
    const [first, second] = [
      await field('TEXT', { help: ' Which  one? ' }),
      await field('SELECT', { options: [{ names: english('Red') }, { names: english('Blue') }] }),
    ];
    const refused = (await ada.run(CREATE, { input: { key: 'mine', type: 'TEXT', names: english('x') } })).fieldCreate;
    const [red] = second.options;
    const edited = (
      await admin.run(EDIT, {
        input: {
          fieldId: second.id,
          version: 1,
          names: [{ locale: 'uk', text: 'Колір' }],
          options: [{ id: red?.id, names: english('Crimson') }],
        },
      })
    ).fieldEdit;
    const late = (await admin.run(EDIT, { input: { fieldId: second.id, version: 1, names: english('x') } })).fieldEdit;
    const ordered = (await admin.run(ORDER, { input: { fieldIds: [second.id] } })).fieldsOrder;
    const removed = (await admin.run(REMOVE, { input: { fieldId: first.id } })).fieldRemove;

    expect(refused.userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect(edited.field).toMatchObject({
      version: 2,
      names: [{ text: 'Колір' }, { text: 'Колір' }],
      options: [{ id: red?.id, names: [{ text: 'Crimson' }, {}] }],
    });
    expect(late.userErrors).toMatchObject([{ code: 'SETTINGS_CONFLICT' }]);
    expect(ordered.fields.map(({ key }: { key: string }) => key)).toEqual([second.key, first.key]);
    expect(removed.field.id).toBe(first.id);
    expect((await ada.run('{ customFields { key } }')).customFields).toEqual([{ key: second.key }]);
    for (const [input, expected] of [
      [{ key: 'Bad Key', type: 'TEXT', names: english('x') }, 'key'],
      [{ key: second.key, type: 'TEXT', names: english('x') }, 'key'],
      [{ key: 'none', type: 'TEXT', names: [] }, 'names'],
      [{ key: 'none', type: 'SELECT', names: english('x') }, 'options'],
      [{ key: 'none', type: 'NUMBER', names: english('x'), minimum: 2, maximum: 1 }, 'minimum'],
      [{ key: 'none', type: 'NUMBER', names: english('x'), defaultValues: ['y'] }, 'defaultValues'],
      [{ key: 'none', type: 'TEXT', names: english('x'), topicIds: [crypto.randomUUID()] }, 'topicIds'],
    ] as const)
      expect([input, (await admin.run(CREATE, { input })).fieldCreate.userErrors[0]?.field]).toEqual([input, expected]);
    expect((await admin.run(EDIT, { input: { fieldId: first.id, version: 1, names: english('x') } })).fieldEdit.userErrors).toMatchObject([
      { code: 'CUSTOM_FIELD_NOT_FOUND' },
    ]);
  });

  it('has its value on a ticket, from its creation on, in the log by its name also after it was removed', async () => {
    const size = await field('NUMBER', { minimum: 0 });
    const color = await field('SELECT', { options: [{ names: english('Red') }, { names: english('Blue') }] });
    const usual = await field('TEXT', { defaultValues: ['usual'] });
    const { ticket } = await open({ fields: [{ fieldId: size.id, to: ['12,50'] }] });
    expect(await valuesOf(ticket.id)).toEqual({ [size.key]: ['12.5'], [color.key]: [], [usual.key]: ['usual'] });

    const blue = color.options[1]?.id ?? '';
    await set(ada, ticket.id, [
      { fieldId: color.id, from: [], to: [blue] },
      { fieldId: size.id, from: ['12.5'], to: [] },
    ]);
    await admin.run(REMOVE, { input: { fieldId: color.id } });
    const { activity, fields } = (await ada.run(TICKET, { id: ticket.id })).ticket;

    expect(fields.map((one: { field: { key: string } }) => one.field.key)).toEqual([size.key, usual.key]);
    const { changes } = activity.edges.at(-1).node;
    expect(changes).toEqual([
      { field: `field:${color.id}`, names: [{ text: expect.any(String) }, { text: expect.any(String) }], from: null, to: { text: 'Blue' } },
      expect.objectContaining({ field: `field:${size.id}`, from: { text: '12.5' }, to: null }),
    ]);
  });

  it('is of its topics and those under them; what was in it before the topic changed is kept', async () => {
    const parent = await world.topic('Hardware');
    const child = await world.topic('Printers');
    const other = await world.topic('Invoices');
    await world.sql('update topic set parent_id = ? where id = ?', [parent, child]);
    const serial = await field('EXTERNAL_ID', { topicIds: [parent] });
    const { ticket } = await open({ topicId: child, fields: [{ fieldId: serial.id, to: ['SN-1'] }] });
    const move = (from: string, to: string) => ada.run(TICKET_EDIT, { input: { ticketId: ticket.id, topicId: { from, to } } });

    await move(child, other);
    expect(await valuesOf(ticket.id)).toEqual({});
    expect((await set(ada, ticket.id, [{ fieldId: serial.id, to: ['x'] }])).userErrors).toMatchObject([
      { faults: [{ fieldId: serial.id }] },
    ]);
    await move(other, parent);
    expect(await valuesOf(ticket.id)).toEqual({ [serial.key]: ['SN-1'] });
  });

  it('must have a value where it says so: on creation, with another topic, before the ticket is done; nothing is saved otherwise', async () => {
    const topic = await world.topic('Refunds');
    const always = await field('TEXT', { required: 'ALWAYS' });
    const ofTopic = await field('TEXT', { required: 'ALWAYS', topicIds: [topic] });
    const cause = await field('TEXT', { required: 'ON_RESOLVE' });
    const before = await world.sql('select count(*) from ticket');
    const refused = await open();
    expect(refused).toMatchObject({
      ticket: null,
      userErrors: [{ code: 'FIELDS_REFUSED', faults: [{ fieldId: always.id, theirs: null }] }],
    });
    expect(await world.sql('select count(*) from ticket')).toEqual(before);

    const { ticket } = await open({ fields: [{ fieldId: always.id, to: ['x'] }] });
    const moved = await ada.run(TICKET_EDIT, { input: { ticketId: ticket.id, topicId: { from: null, to: topic } } });
    const emptied = await set(ada, ticket.id, [{ fieldId: always.id, to: [] }]);
    const resolve = () => ada.run(STATUS, { input: { ticketId: ticket.id, from: world.status('NEW'), to: world.status('RESOLVED') } });
    const early = await resolve();
    expect(moved.ticketEdit.userErrors).toMatchObject([{ faults: [{ fieldId: ofTopic.id }] }]);
    expect(emptied.userErrors).toMatchObject([{ faults: [{ fieldId: always.id }] }]);
    expect(early.ticketSetStatus.userErrors).toMatchObject([{ __typename: 'FieldsRefused', faults: [{ fieldId: cause.id }] }]);

    await set(ada, ticket.id, [{ fieldId: cause.id, to: ['worn out'] }]);
    expect((await resolve()).ticketSetStatus.userErrors).toEqual([]);
    // What is done may not lose it either.
    expect((await set(ada, ticket.id, [{ fieldId: cause.id, to: [] }])).userErrors).toMatchObject([{ faults: [{ fieldId: cause.id }] }]);
  });

  it('takes all that is given or nothing, and says of each what is wrong; two who mean different things are told', async () => {
    const size = await field('NUMBER', { minimum: 0, maximum: 10 });
    const day = await field('DATE');
    const who = await field('MEMBER');
    const { ticket } = await open();
    const refused = await set(ada, ticket.id, [
      { fieldId: size.id, to: ['11'] },
      { fieldId: day.id, to: ['2026-02-30'] },
      { fieldId: who.id, to: [crypto.randomUUID()] },
    ]);
    expect(refused.userErrors[0].faults.map(({ message }: { message: string }) => message)).toEqual([
      '"11" is too large. The maximum is 10.',
      'Invalid date: "2026-02-30". Write an existing day from 1900 to 2199, such as 2026-03-29.',
      'There is no such member.',
    ]);
    await set(ada, ticket.id, [{ fieldId: size.id, from: [], to: ['3'] }]);
    const late = await set(admin, ticket.id, [
      { fieldId: size.id, from: [], to: ['4'] },
      { fieldId: who.id, from: [], to: [ada.id] },
    ]);
    const sameThing = await set(admin, ticket.id, [{ fieldId: size.id, from: [], to: ['3.0'] }]);

    expect(late.userErrors).toMatchObject([{ faults: [{ fieldId: size.id, theirs: ['3'] }] }]);
    expect(sameThing.userErrors).toEqual([]);
    expect(await valuesOf(ticket.id)).toEqual({ [size.key]: ['3'], [day.key]: [], [who.key]: [] });
    expect((await set(light, ticket.id, [{ fieldId: size.id, to: ['1'] }])).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  });

  it('that is not for light agents is nowhere for them: not on the ticket, in its log, in a search or a filter', async () => {
    const hidden = await field('TEXT', { forLightAgents: false });
    const shown = await field('TEXT');
    const { ticket } = await open({
      fields: [
        { fieldId: hidden.id, to: ['quicksilver'] },
        { fieldId: shown.id, to: ['marigold'] },
      ],
    });
    const search = async (person: Person, text: string) =>
      (await person.run('query ($text: String!) { search(text: $text) { edges { node { ticket { id } } } } }', { text })).search.edges
        .length;
    const filtered = async (person: Person, fieldId: string, value: string) =>
      (
        await person.run('query ($filter: TicketFilterInput!) { tickets(filter: $filter) { totalCount } }', {
          filter: { fields: [{ fieldId, values: [value] }] },
        })
      ).tickets.totalCount;

    expect((await light.run('{ customFields { key } }')).customFields).toEqual([{ key: shown.key }]);
    expect(JSON.stringify(await light.run(TICKET, { id: ticket.id }))).not.toMatch(/quicksilver/);
    expect(JSON.stringify(await light.run(TICKET, { id: ticket.id }))).toMatch(/marigold/);
    expect([await search(ada, 'quicksilver'), await search(light, 'quicksilver'), await search(light, 'marigold')]).toEqual([1, 0, 1]);
    expect([await filtered(ada, hidden.id, 'quicksilver'), await filtered(light, hidden.id, 'quicksilver')]).toEqual([1, 0]);
  });

  it('lists tickets live by what is in it', async () => {
    const size = await field('NUMBER');
    const { ticket } = await open({ fields: [{ fieldId: size.id, to: ['9'] }] });
    const filter = { fields: [{ fieldId: size.id, atLeast: '10' }] };
    const list = ada.follow('subscription ($filter: TicketFilterInput!) { ticketsChanged(filter: $filter) { kind ticketId } }', { filter });
    const count = async () =>
      (await ada.run('query ($filter: TicketFilterInput!) { tickets(filter: $filter) { totalCount } }', { filter })).tickets.totalCount;
    expect(await count()).toBe(0);
    await set(ada, ticket.id, [{ fieldId: size.id, to: ['10.5'] }]);
    await list.until(({ ticketsChanged }) => ticketsChanged.kind === 'ENTERED' && ticketsChanged.ticketId === ticket.id);
    expect(await count()).toBe(1);
    await set(ada, ticket.id, [{ fieldId: size.id, to: [] }]);
    await list.until(({ ticketsChanged }) => ticketsChanged.kind === 'LEFT');
    expect(await count()).toBe(0);
  });
});

describe('what tickets are made of', () => {
  it('is told of to everybody when it changes', async () => {
    const told = ada.follow('subscription { settingsChanged }');
    await told.begun();
    await field('TEXT');
    await told.until(() => told.received.length > 1);
  });

  it('goes with a client who is erased, also out of the log', async () => {
    const owner = await world.person('OWNER');
    const name = await field('TEXT');
    const client = await world.contact();
    const { ticket } = await open({ requesterId: client.id, fields: [{ fieldId: name.id, to: ['Wolfhilde'] }] });
    await owner.run('mutation ($id: ID!) { contactErase(input: { contactId: $id }) { userErrors { ... on UserError { message } } } }', {
      id: client.id,
    });

    expect(JSON.stringify(await owner.run(TICKET, { id: ticket.id }))).not.toContain('Wolfhilde');
    expect(await world.sql(`select 1 from event where changes::text like '%Wolfhilde%'`)).toEqual([]);
  });
});

describe('a value', () => {
  const of = (type: FieldType, more: object = {}) =>
    ({
      type,
      options: [
        { id: 'a', name: {} },
        { id: 'b', name: {} },
      ],
      minimum: null,
      maximum: null,
      pattern: '',
      ...more,
    }) as unknown as CustomField;

  it.each([
    ['TEXT', [' x '], ['x']],
    ['TEXT', ['', '  '], []],
    ['NUMBER', ['1000'], ['1000']],
    ['NUMBER', ['+007.50'], ['7.5']],
    ['NUMBER', ['-0.0'], ['0']],
    ['NUMBER', ['1,5'], ['1.5']],
    ['NUMBER', ['0,125'], ['0.125']],
    ['NUMBER', ['123456789012345'], ['123456789012345']],
    ['NUMBER', ['0.000001'], ['0.000001']],
    ['DATE_TIME', ['2028-02-29T23:59:59.999-12:00'], ['2028-03-01T11:59:59.999Z']],
    ['DATE_TIME', ['2026-03-29T12:00Z'], ['2026-03-29T12:00:00.000Z']],
    ['PHONE', ['112'], ['112']],
    ['NUMBER', ['-0,50'], ['-0.5']],
    ['CHECKBOX', ['true'], ['true']],
    ['MULTI_SELECT', ['b', 'a', 'b'], ['b', 'a']],
    ['DATE', ['2028-02-29'], ['2028-02-29']],
    ['DATE_TIME', ['2026-03-29T12:00:00+02:00'], ['2026-03-29T10:00:00.000Z']],
    ['URL', ['HTTPS://Example.org'], ['https://example.org/']],
    ['EMAIL', ['Ada@Example.org'], ['ada@example.org']],
    ['PHONE', ['+380 (44) 123-45-67'], ['+380441234567']],
  ] as const)('of %s is kept in one form: %j', (type, given, kept) => {
    expect(canonicalValues(of(type), given)).toEqual(kept);
  });

  it.each([
    ['TEXT', ['a', 'b']],
    ['TEXT', ['a\nb']],
    ['NUMBER', ['ten']],
    ['NUMBER', ['Infinity']],
    ['CHECKBOX', ['yes']],
    ['SELECT', ['c']],
    ['DATE', ['2027-02-29']],
    ['DATE', ['29.03.2026']],
    ['DATE_TIME', ['tomorrow']],
    ['URL', ['javascript:alert(1)']],
    ['EMAIL', ['ada@']],
    ['PHONE', ['call me']],
    ['NUMBER', ['1,234']],
    ['NUMBER', ['1,234,567']],
    ['NUMBER', ['1 234']],
    ['NUMBER', ['12345678901234567890']],
    ['NUMBER', ['0.1234567890123456']],
    ['NUMBER', ['0.0000001']],
    ['NUMBER', ['1e3']],
    ['NUMBER', ['0x10']],
    ['NUMBER', ['.']],
    ['NUMBER', ['١٢']],
    ['DATE', ['0001-01-01']],
    ['DATE', ['2026-00-10']],
    ['DATE_TIME', ['2026-02-30T12:00:00Z']],
    ['DATE_TIME', ['9999-12-31T23:00:00-12:00']],
    ['DATE_TIME', ['2199-12-31T23:00:00-12:00']],
    ['DATE_TIME', ['1900-01-01T01:00:00+12:00']],
    ['DATE_TIME', ['2026-03-29T24:00:00Z']],
    ['DATE_TIME', ['2026-03-29T12:00:60Z']],
    ['DATE_TIME', ['2026-03-29T12:00:00']],
    ['DATE_TIME', ['2026-03-29T12:00:00.123456Z']],
    ['DATE_TIME', ['2026-03-29T12:00:00+99:00']],
    ['URL', ['https:example.org']],
    ['URL', ['https://exa\tmple.org']],
    ['URL', ['https:\\\\example.org']],
    ['URL', [`https://example.org/${'a'.repeat(2000)}`]],
    ['PHONE', ['---']],
    ['PHONE', ['+']],
    ['PHONE', ['()']],
    ['PHONE', ['1-2']],
    ['PHONE', ['+1234567890123456']],
    ['PHONE', ['1+2345']],
    ['TEXT', ['\u200B']],
    ['LONG_TEXT', ['\u3164\n']],
  ] as const)('of %s is refused, with what was given and what is allowed: %j', (type, given) => {
    expect(() => canonicalValues(of(type), given)).toThrow(/Write|Give|Choose|Allowed/);
  });

  it('that is refused changes nothing, and the error names the field and the value', async () => {
    const cases = [
      ['PHONE', '+380441234567', '---', 'Invalid phone number: "---". Write 3 to 15 digits'],
      [
        'DATE_TIME',
        '2026-03-29T12:00:00.000Z',
        '2026-02-30T12:00:00Z',
        'Invalid date and time: "2026-02-30T12:00:00Z". Write an existing day',
      ],
      ['NUMBER', '7', '1,234', '"1,234" can be read as two numbers. Write 1234 or 1.234.'],
      ['NUMBER', '8', '12345678901234567890', '"12345678901234567890" cannot be stored exactly. Allowed: 15 digits'],
    ] as const;
    for (const [type, before, given, message] of cases) {
      const made = await field(type);
      const { ticket } = await open({ fields: [{ fieldId: made.id, to: [before] }] });

      const { userErrors } = await set(ada, ticket.id, [{ fieldId: made.id, to: [given] }]);
      const byDefault = (
        await admin.run(CREATE, { input: { key: `g${++count}`, type, names: english(`G ${count}`), defaultValues: [given] } })
      ).fieldCreate;

      expect(userErrors).toMatchObject([
        { __typename: 'FieldsRefused', faults: [{ fieldId: made.id, message: expect.stringContaining(message) }] },
      ]);
      expect(byDefault.userErrors).toMatchObject([
        { code: 'INVALID_INPUT', field: 'defaultValues', message: expect.stringContaining(message) },
      ]);
      expect((await valuesOf(ticket.id))[made.key]).toEqual([before]);
    }
  });
});
