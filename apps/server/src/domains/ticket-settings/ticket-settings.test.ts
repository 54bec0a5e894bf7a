import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World, type Person, type Reply } from '../../testing/world.ts';

const ERRORS = 'userErrors { __typename ... on UserError { code field message } }';
const SETTINGS_ERRORS = ERRORS.replace(/ \}$/, ' ... on SettingsConflict { version } }');
const TOPIC_CREATE = `mutation ($input: TopicCreateInput!) { topicCreate(input: $input) { topic { id version parent { id } names { locale text } } ${SETTINGS_ERRORS} } }`;
const TOPIC_EDIT = `mutation ($input: TopicEditInput!) { topicEdit(input: $input) { topic { version parent { id } } ${SETTINGS_ERRORS} } }`;
const TOPIC_DELETE = `mutation ($input: TopicDeleteInput!) { topicDelete(input: $input) { topic { id } ${SETTINGS_ERRORS} } }`;
const TOPICS_ORDER = `mutation ($input: TopicsOrderInput!) { topicsOrder(input: $input) { topics { id } ${SETTINGS_ERRORS} } }`;
const STATUS_CREATE = `mutation ($input: StatusCreateInput!) { statusCreate(input: $input) { status { id category color waitingOn requiresAssignee fromIds } ${SETTINGS_ERRORS} } }`;
const STATUS_EDIT = `mutation ($input: StatusEditInput!) { statusEdit(input: $input) { status { id version names { text } } ${SETTINGS_ERRORS} } }`;
const STATUS_DELETE = `mutation ($input: StatusDeleteInput!) { statusDelete(input: $input) { status { id } ${SETTINGS_ERRORS} } }`;
const STATUSES_ORDER = `mutation ($input: StatusesOrderInput!) { statusesOrder(input: $input) { statuses { id } ${SETTINGS_ERRORS} } }`;
const TAG_RENAME = `mutation ($input: TagRenameInput!) { tagRename(input: $input) { tag { name } ${SETTINGS_ERRORS} } }`;
const TAG_DELETE = `mutation ($input: TagDeleteInput!) { tagDelete(input: $input) { tag { id } ${SETTINGS_ERRORS} } }`;
const PRIORITIES = `mutation ($input: PrioritiesNameInput!) { prioritiesName(input: $input) { priorityNames { priority names { locale text } } ${SETTINGS_ERRORS} } }`;
const MOVE = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { ticket { id } ${ERRORS} } }`;
const TAG = `mutation ($input: TicketTagInput!) { ticketTag(input: $input) { ticket { id } ${ERRORS} } }`;
const ASSIGN = `mutation ($input: TicketAssignInput!) { ticketAssign(input: $input) { ticket { id } ${ERRORS} } }`;

let world: World;
let admin: Person;
let boss: Person;

beforeAll(async () => {
  world = await World.open();
  admin = await world.person('ADMIN');
  boss = await world.person('SUPERVISOR');
});
afterAll(() => world.close());

const english = (text: string) => [{ locale: 'en', text }];
const ask = async (document: string, input: object, person = admin) =>
  Object.values(await person.run(document, { input }))[0] as Reply['data'];
const topic = async (name: string, parentId: string | null = null) =>
  (await ask(TOPIC_CREATE, { names: english(name), parentId })).topic.id as string;

describe('topics', () => {
  it('are made under each other, named in both languages, and never under themselves', async () => {
    const { topic: made } = await ask(TOPIC_CREATE, { names: [{ locale: 'uk', text: 'Принтери' }] });
    const [a, b] = [made.id as string, await topic('B')];
    const c = await topic('C', b);

    expect(made.names).toEqual([
      { locale: 'en', text: 'Принтери' },
      { locale: 'uk', text: 'Принтери' },
    ]);
    expect((await ask(TOPIC_EDIT, { topicId: b, version: 1, names: english('B'), parentId: a })).topic).toEqual({
      version: 2,
      parent: { id: a },
    });
    expect((await ask(TOPIC_EDIT, { topicId: a, version: 1, names: english('A'), parentId: c })).userErrors).toMatchObject([
      { field: 'parentId' },
    ]);
    expect((await ask(TOPIC_EDIT, { topicId: b, version: 1, names: english('x') })).userErrors).toMatchObject([
      { code: 'SETTINGS_CONFLICT', version: 2 },
    ]);
    const d = await topic('D', c);
    expect((await ask(TOPIC_CREATE, { names: english('E'), parentId: d })).userErrors).toMatchObject([{ field: 'parentId' }]);
    expect((await ask(TOPIC_CREATE, { names: english('E'), parentId: crypto.randomUUID() })).userErrors).toMatchObject([
      { code: 'REFERENCE_NOT_FOUND' },
    ]);
    expect((await ask(TOPIC_CREATE, { names: [] })).userErrors).toMatchObject([{ field: 'names' }]);
  });

  it('are deleted when no ticket has them and none is under them, and stand where they were put', async () => {
    const [parent, held] = [await topic('Parent'), await topic('Held')];
    const child = await topic('Child', parent);
    await world.ticket({ topicId: held });
    const errorsOf = async (topicId: string) => (await ask(TOPIC_DELETE, { topicId })).userErrors.map(({ code }: { code: string }) => code);

    expect([await errorsOf(parent), await errorsOf(held), await errorsOf(child), await errorsOf(parent)]).toEqual([
      ['STILL_IN_USE'],
      ['STILL_IN_USE'],
      [],
      [],
    ]);
    const { topics } = await ask(TOPICS_ORDER, { topicIds: [held] });
    expect(topics[0].id).toBe(held);
    expect((await boss.run('{ topics { id } }')).topics[0].id).toBe(held);
  });
});

describe('statuses', () => {
  it('are made of a category, changed, put in order, and deleted when nothing needs them', async () => {
    const { status } = await ask(STATUS_CREATE, {
      names: english('With the courier'),
      color: 'teal',
      category: 'WAITING',
      waitingOn: 'VENDOR',
    });
    expect(status).toMatchObject({ category: 'WAITING', color: 'teal', waitingOn: 'VENDOR', requiresAssignee: false, fromIds: [] });
    expect((await ask(STATUS_CREATE, { names: english('x'), color: 'mauve', category: 'OPEN' })).userErrors).toMatchObject([
      { field: 'color' },
    ]);
    expect((await ask(STATUS_EDIT, { statusId: status.id, version: 1, names: english('On its way'), color: 'pink' })).status).toMatchObject(
      { version: 2 },
    );
    expect((await ask(STATUS_EDIT, { statusId: status.id, version: 1, names: english('x'), color: 'pink' })).userErrors).toMatchObject([
      { version: 2 },
    ]);
    expect((await ask(STATUSES_ORDER, { statusIds: [status.id] })).statuses[0].id).toBe(status.id);
    expect((await ask(STATUS_DELETE, { statusId: world.status('NEW') })).userErrors).toMatchObject([
      { code: 'STILL_IN_USE', message: expect.stringContaining('last status') },
    ]);

    const { id } = await world.ticket();
    await ask(MOVE, { ticketId: id, from: world.status('NEW'), to: status.id });
    expect((await ask(STATUS_DELETE, { statusId: status.id })).userErrors).toMatchObject([
      { code: 'STILL_IN_USE', message: expect.stringContaining('Tickets have') },
    ]);
    await ask(MOVE, { ticketId: id, from: status.id, to: world.status('OPEN') });
    expect((await ask(STATUS_DELETE, { statusId: status.id })).status.id).toBe(status.id);
    expect((await ask(STATUS_DELETE, { statusId: status.id })).userErrors).toMatchObject([{ code: 'SETTING_NOT_FOUND' }]);
  });

  it('let a ticket in from where the workspace says, and with an assignee where it says', async () => {
    const open = world.status('OPEN');
    const { status } = await ask(STATUS_CREATE, {
      names: english('In the workshop'),
      color: 'red',
      category: 'IN_PROGRESS',
      requiresAssignee: true,
      fromIds: [open],
    });
    const { id } = await world.ticket();
    const move = async (from: string, to: string) =>
      (await ask(MOVE, { ticketId: id, from, to }, boss)).userErrors.map(({ message }: { message: string }) => message);

    expect(await move(world.status('NEW'), status.id)).toEqual([expect.stringContaining('does not come into that status')]);
    await move(world.status('NEW'), open);
    expect(await move(open, status.id)).toEqual([expect.stringContaining('Give it to somebody first')]);
    await ask(ASSIGN, { ticketId: id, from: null, to: boss.id }, boss);
    expect(await move(open, status.id)).toEqual([]);
  });
});

describe('tags and priorities', () => {
  it('are renamed, and a tag is deleted when no ticket has it', async () => {
    const { id } = await world.ticket();
    await ask(TAG, { ticketId: id, add: ['vip', 'old'] });
    const { tags } = await admin.run('{ tags { id name } }');
    const vip = tags.find(({ name }: { name: string }) => name === 'vip').id;

    expect((await ask(TAG_RENAME, { tagId: vip, name: 'VIP client' })).tag).toEqual({ name: 'VIP client' });
    expect((await ask(TAG_RENAME, { tagId: vip, name: 'OLD' })).userErrors).toMatchObject([{ code: 'NAME_TAKEN' }]);
    expect((await ask(TAG_DELETE, { tagId: vip })).userErrors).toMatchObject([{ code: 'STILL_IN_USE' }]);
    await ask(TAG, { ticketId: id, add: [], remove: ['VIP client'] });
    expect((await ask(TAG_DELETE, { tagId: vip })).tag.id).toBe(vip);

    const named = await ask(PRIORITIES, { names: [{ priority: 'NORMAL', names: english('Medium') }] });
    expect(named.priorityNames).toEqual([
      {
        priority: 'NORMAL',
        names: [
          { locale: 'en', text: 'Medium' },
          { locale: 'uk', text: 'Medium' },
        ],
      },
    ]);
    expect((await boss.run('{ priorityNames { priority } }')).priorityNames).toEqual([{ priority: 'NORMAL' }]);
    expect((await ask(PRIORITIES, { names: [] })).priorityNames).toEqual([]);
  });

  it('are saved by those alone who save settings, and it is in the security log', async () => {
    for (const [document, input] of [
      [TOPIC_CREATE, { names: english('x') }],
      [STATUS_CREATE, { names: english('x'), color: 'blue', category: 'OPEN' }],
      [PRIORITIES, { names: [] }],
    ] as const)
      expect((await ask(document, input, boss)).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect((await world.sql(`select 1 from security_event where kind = 'TICKET_SETTINGS_CHANGED'`)).length).toBeGreaterThan(10);
  });
});
