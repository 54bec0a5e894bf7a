import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World, type Person, type Reply } from './testing/world.ts';

let world: World;
let owner: Person;

beforeAll(async () => {
  world = await World.open({ nodes: 2, redis: true });
  owner = await world.person('OWNER');
});
afterAll(() => world.close());

const ERRORS = 'userErrors { ... on UserError { code field message } }';
const localized = (name: string) => [{ locale: 'en', text: name }];
const week = Array.from({ length: 7 }, () => [{ from: 0, to: 600 }]);
const targets = [{ metric: 'RESOLUTION', priority: 'NORMAL', amount: 1, unit: 'HOURS' }];
const warning = { share: 0.5, beforeMinutes: 10 };

interface Kind {
  readonly kind: string;
  readonly table: string;
  readonly create: string;
  readonly type: string;
  readonly result: string;
  readonly input: (name: string) => object;
  /** The input of an edit that renames the object. */
  readonly rename: { readonly mutation: string; readonly type: string; readonly input: (id: string, name: string) => object };
  /** Whether rows have a unique key beside the name. */
  readonly hasKey?: boolean;
}

const field = (name: string) => ({ names: localized(name), help: '', topicIds: [], required: 'NEVER', type: 'TEXT' });
const view = (name: string) => ({ name, audience: 'PRIVATE', filter: {}, order: 'UPDATED' });
const policy = (name: string) => ({ name, conditions: { priorities: ['LOW'] }, targets, warning, steps: [] });
const calendar = (name: string) => ({ name, timeZone: 'Europe/Kyiv', week });
const key = () => `k${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`;
const without = <One extends object>(given: One, name: keyof One) =>
  Object.fromEntries(Object.entries(given).filter(([one]) => one !== name));

const kinds: readonly Kind[] = [
  {
    kind: 'team',
    table: 'team',
    create: 'teamCreate',
    type: 'TeamCreateInput',
    result: 'team',
    input: (name) => ({ name }),
    rename: { mutation: 'teamRename', type: 'TeamRenameInput', input: (teamId, name) => ({ teamId, name }) },
  },
  {
    kind: 'role',
    table: 'custom_role',
    create: 'roleCreate',
    type: 'RoleCreateInput',
    result: 'role',
    input: (name) => ({ name, permissions: [] }),
    rename: { mutation: 'roleEdit', type: 'RoleEditInput', input: (roleId, name) => ({ roleId, version: 1, name, permissions: [] }) },
  },
  {
    kind: 'topic',
    table: 'topic',
    create: 'topicCreate',
    type: 'TopicCreateInput',
    result: 'topic',
    input: (name) => ({ names: localized(name) }),
    rename: {
      mutation: 'topicEdit',
      type: 'TopicEditInput',
      input: (topicId, name) => ({ topicId, version: 1, names: localized(name) }),
    },
  },
  {
    kind: 'status',
    table: 'status',
    create: 'statusCreate',
    type: 'StatusCreateInput',
    result: 'status',
    input: (name) => ({ names: localized(name), category: 'OPEN', color: 'blue' }),
    rename: {
      mutation: 'statusEdit',
      type: 'StatusEditInput',
      input: (statusId, name) => ({ statusId, version: 1, names: localized(name), color: 'blue' }),
    },
  },
  {
    kind: 'custom field',
    table: 'custom_field',
    create: 'fieldCreate',
    type: 'FieldCreateInput',
    result: 'field',
    input: (name) => ({ ...field(name), key: key() }),
    rename: {
      mutation: 'fieldEdit',
      type: 'FieldEditInput',
      input: (fieldId, name) => ({ ...without(field(name), 'type'), fieldId, version: 1 }),
    },
    hasKey: true,
  },
  {
    kind: 'view',
    table: 'view',
    create: 'viewCreate',
    type: 'ViewCreateInput',
    result: 'view',
    input: view,
    rename: { mutation: 'viewEdit', type: 'ViewEditInput', input: (viewId, name) => ({ ...view(name), viewId, version: 1 }) },
    hasKey: true,
  },
  {
    kind: 'template',
    table: 'ticket_template',
    create: 'templateCreate',
    type: 'TemplateCreateInput',
    result: 'template',
    input: (name) => ({ name }),
    rename: {
      mutation: 'templateEdit',
      type: 'TemplateEditInput',
      input: (templateId, name) => ({ templateId, version: 1, name }),
    },
  },
  {
    kind: 'skill group',
    table: 'skill_group',
    create: 'skillGroupCreate',
    type: 'SkillGroupCreateInput',
    result: 'skillGroup',
    input: (name) => ({ name }),
    rename: {
      mutation: 'skillGroupEdit',
      type: 'SkillGroupEditInput',
      input: (skillGroupId, name) => ({ skillGroupId, version: 1, name }),
    },
  },
  {
    kind: 'SLA calendar',
    table: 'sla_calendar',
    create: 'slaCalendarSave',
    type: 'SlaCalendarSaveInput',
    result: 'calendar',
    input: calendar,
    rename: {
      mutation: 'slaCalendarSave',
      type: 'SlaCalendarSaveInput',
      input: (id, name) => ({ ...calendar(name), id, version: 1 }),
    },
  },
  {
    kind: 'SLA policy',
    table: 'sla_policy',
    create: 'slaPolicySave',
    type: 'SlaPolicySaveInput',
    result: 'policy',
    input: policy,
    rename: { mutation: 'slaPolicySave', type: 'SlaPolicySaveInput', input: (id, name) => ({ ...policy(name), id, version: 1 }) },
  },
];

interface Outcome {
  readonly id: string | null;
  readonly error: { readonly code: string; readonly field: string | null; readonly message: string } | null;
}

function outcomeOf(answer: Reply['data'], result: string): Outcome {
  return { id: answer[result]?.id ?? null, error: answer.userErrors[0] ?? null };
}

async function create({ create: mutation, type, result, input }: Kind, name: string, node = 0): Promise<Outcome> {
  const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${result} { id } ${ERRORS} } }`;
  const { data, errors } = await owner.at(world.node(node).url).ask(query, { input: input(name) });
  if (errors) throw new Error(JSON.stringify(errors));
  return outcomeOf(data[mutation], result);
}

async function rename({ rename: { mutation, type, input }, result }: Kind, id: string, name: string): Promise<Outcome> {
  const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${result} { id } ${ERRORS} } }`;
  return outcomeOf((await owner.run(query, { input: input(id, name) }))[mutation], result);
}

const name = 'Café Їжак straße';
const same = {
  'in another case': 'CAFÉ їжак STRASSE',
  'in another Unicode form': name.normalize('NFD'),
  'with other spaces': '  Café\u00A0 Їжак\tstraße ',
  'with invisible characters': 'Ca\u200Bfé Їжак\uFE0F straße\u2060',
};
const invisible = ['', ' ', '\u200B', '\u00AD\u2060', '\u3164', '\uFE0F\u180E', '\u202E\u2066', '\u2800', '\u0301'];

describe.each(kinds)('the name of a $kind', (kind) => {
  it('is unique regardless of case, Unicode form, spacing and invisible characters', async () => {
    const first = await create(kind, name);
    expect(first).toEqual({ id: expect.any(String), error: null });
    const other = await create(kind, 'Another');

    const taken = { id: null, error: { code: 'NAME_TAKEN', field: expect.stringMatching(/^names?$/), message: expect.any(String) } };
    for (const [how, text] of Object.entries(same)) {
      expect(await create(kind, text), how).toEqual(taken);
      expect(await rename(kind, other.id ?? '', text), how).toEqual(taken);
    }
    // Its own name in another form is free for the object itself.
    expect(await rename(kind, first.id ?? '', name.toUpperCase())).toEqual({ id: first.id, error: null });
  });

  it('goes to one of two callers who choose it at the same time', async () => {
    const outcomes = await Promise.all([create(kind, 'Élan', 0), create(kind, 'ÉLAN', 1), create(kind, 'e\u0301lan', 0)]);

    expect(outcomes.map(({ error }) => error?.code ?? 'CREATED').toSorted()).toEqual(['CREATED', 'NAME_TAKEN', 'NAME_TAKEN']);
  });

  it('is unique in the database, also for rows from before', async () => {
    const { id } = await create(kind, 'Stored');
    const [stored] = await world.sql<{ name: string | object }>(`select name from ${kind.table} where id = ?`, [id]);
    const copy = (text: string) => {
      const values = {
        id: crypto.randomUUID(),
        name: typeof stored?.name === 'string' ? text : { en: text, uk: text },
        ...(kind.hasKey ? { key: key() } : {}),
      };
      return world.sql(`insert into ${kind.table} select (jsonb_populate_record(t, ?::jsonb)).* from ${kind.table} t where id = ?`, [
        JSON.stringify(values),
        id,
      ]);
    };

    await expect(copy('STORED ')).rejects.toThrow(/unique/);
    await copy('Ancien\u0301');
    expect((await create(kind, 'ancieŃ')).error?.code).toBe('NAME_TAKEN');
  });

  it('has a visible character', async () => {
    for (const text of invisible) {
      expect((await create(kind, text)).error, JSON.stringify(text)).toMatchObject({ code: 'INVALID_INPUT' });
    }
  });
});

describe('the name of a tag', () => {
  const TAG = `mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { tags { id name } } ${ERRORS} } }`;
  const tag = async (ticketId: string, input: object) => (await owner.run(TAG, { input: { ticketId, ...input } })).ticketTag;

  it('means the same tag in every form, when it is added, removed and renamed', async () => {
    const { id } = await world.ticket();
    const [first] = (await tag(id, { add: [name] })).ticket.tags;

    for (const text of Object.values(same)) {
      expect((await tag((await world.ticket()).id, { add: [text] })).ticket.tags).toEqual([first]);
      expect((await tag(id, { remove: [text] })).ticket.tags).toEqual([]);
      expect((await tag(id, { add: [text] })).ticket.tags).toEqual([first]);
    }
    const [other] = (await tag((await world.ticket()).id, { add: ['Another'] })).ticket.tags;
    const RENAME = `mutation ($input: TagRenameInput!) { tagRename(input: $input) { tag { id } ${ERRORS} } }`;
    const renamed = await owner.run(RENAME, { input: { tagId: other.id, name: same['in another case'] } });
    expect(renamed.tagRename.userErrors).toMatchObject([{ code: 'NAME_TAKEN' }]);
  });

  it('has a visible character', async () => {
    const { id } = await world.ticket();
    for (const text of invisible) expect((await tag(id, { add: [text] })).userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  });
});

describe('names within one object', () => {
  it('are distinct: of priorities, of options, of custom attributes', async () => {
    const priorities = await owner.run(`mutation ($input: PrioritiesNameInput!) { prioritiesName(input: $input) { ${ERRORS} } }`, {
      input: {
        names: [
          { priority: 'HIGH', names: localized('Café') },
          { priority: 'LOW', names: localized('CAFE\u0301') },
        ],
      },
    });
    const options = await owner.run(`mutation ($input: FieldCreateInput!) { fieldCreate(input: $input) { ${ERRORS} } }`, {
      input: {
        ...field('Select'),
        type: 'SELECT',
        key: key(),
        options: [{ names: localized('Café') }, { names: localized('cafe\u0301 ') }],
      },
    });
    const contact = await owner.run(`mutation ($input: ContactCreateInput!) { contactCreate(input: $input) { ${ERRORS} } }`, {
      input: {
        name: 'Data',
        data: [
          { name: 'Café', value: 'a' },
          { name: 'CAFÉ', value: 'b' },
        ],
      },
    });

    expect(priorities.prioritiesName.userErrors).toMatchObject([{ code: 'NAME_TAKEN', field: 'names' }]);
    expect(options.fieldCreate.userErrors).toMatchObject([{ code: 'NAME_TAKEN', field: 'options' }]);
    expect(contact.contactCreate.userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'data' }]);
  });
});

describe('text in different Unicode forms', () => {
  const NFC = 'Йожиків Café';
  const NFD = NFC.normalize('NFD');
  const CREATE = `mutation ($input: ContactCreateInput!) { contactCreate(input: $input) { contact { id email } ${ERRORS} } }`;
  const contact = async (input: object) => (await owner.run(CREATE, { input })).contactCreate;

  it.each([
    [NFC, NFD],
    [NFD, NFC],
  ])('is found by search: %j by %j', async (written, sought) => {
    const ticket = await owner.run(`mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id } } }`, {
      input: { subject: written, internal: true },
    });
    const customer = await contact({ name: written });

    const found = await owner.run(
      `query ($text: String!) {
        search(text: $text, first: 10) { edges { node { ticket { id } } } }
        contacts(search: $text, first: 10) { edges { node { id } } }
      }`,
      { text: sought },
    );

    expect(JSON.stringify(found.search)).toContain(ticket.ticketCreate.ticket.id);
    expect(JSON.stringify(found.contacts)).toContain(customer.contact.id);
  });

  it('is one organization, in every form', async () => {
    const ids = [];
    for (const organization of [NFC, NFD, NFC.toUpperCase(), ` ${NFD.toLowerCase()} `]) {
      ids.push((await contact({ name: 'Employee', organization })).contact.id as string);
    }
    // Stored before text was normalized at the API.
    await world.sql('update contact set organization = ? where id = ?', [NFD, ids[0]]);

    const { organizations } = await owner.run('query ($search: String!) { organizations(search: $search) { name contacts } }', {
      search: NFD.slice(0, 5).toUpperCase(),
    });
    const { contacts } = await owner.run(
      'query ($name: String!) { contacts(search: "", first: 10, organization: $name) { edges { node { id } } } }',
      { name: NFC.toUpperCase() },
    );

    expect(organizations).toMatchObject([{ contacts: 4 }]);
    expect(contacts.edges.map((edge: { node: { id: string } }) => edge.node.id).toSorted()).toEqual(ids.toSorted());
  });

  it('is one email address', async () => {
    const first = await contact({ name: 'First', email: 'йожик@пошта.example' });
    const second = await contact({ name: 'Second', email: 'ЙОЖИК@ПОШТА.example'.normalize('NFD') });

    expect(second.userErrors).toMatchObject([{ code: 'CONTACT_EXISTS' }]);
    expect(first.contact.email).toBe('йожик@пошта.example');
  });
});
