import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, getNamedType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor, World, type Person } from './testing/world.ts';

const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../../schema.graphql'), 'utf8'));
const mutations = schema.getMutationType()?.getFields() ?? {};

let world: World;
let owner: Person;
const ids: Record<string, string> = {};

/** Mutations of which the second, with the same input, changes nothing. */
const edits: Record<string, () => object> = {
  checklistItemEdit: () => ({ itemId: ids.item, done: true, text: { from: 'One', to: 'Two' } }),
  checklistOrder: () => ({ ticketId: ids.ticket, itemIds: [ids.otherItem, ids.item] }),
  contactBlock: () => ({ contactId: ids.otherContact, blocked: true }),
  contactEdit: () => ({
    contactId: ids.contact,
    version: 1,
    name: 'Grace Hopper',
    emails: ['grace@client.test', 'hopper@client.test'],
    phones: ['+380441234567'],
    organization: 'Navy',
    externalId: 'crm-7',
    notes: 'Prefers email.',
    data: [{ name: 'Rank', value: 'Admiral' }],
  }),
  conversationClose: () => ({ conversationId: ids.conversation }),
  draftSave: () => ({ ticketId: ids.ticket, kind: 'NOTE', id: ids.draft, body: '<p>x</p>', revision: 1 }),
  fieldEdit: () => ({
    fieldId: ids.field,
    version: 1,
    names: english('Serial number'),
    required: 'ON_RESOLVE',
    help: 'On the back.',
    topicIds: [ids.topic],
  }),
  fieldsOrder: () => ({ fieldIds: [ids.otherField, ids.field] }),
  lifecycleSave: () => ({ reopenDays: 7, closeAfterDays: 3, closeNotices: english('Closed.'), staleNotices: [], lifecycleVersion: 1 }),
  linkAdd: () => ({ ticketId: ids.ticket, otherId: ids.otherTicket, role: 'RELATED' }),
  memberEdit: () => ({ memberId: ids.member, name: 'Ada', role: 'AGENT', teamIds: [ids.team], allTeams: false }),
  noteEdit: () => ({ noteId: ids.note, body: '<p>Edited</p>', version: 1 }),
  notificationSettingsSave: () => ({ timeZone: 'Europe/Kyiv', quietFrom: 1320, quietTo: 420, quietDays: [6, 7], teamIds: [ids.team] }),
  notificationsMarkRead: () => ({}),
  prioritiesName: () => ({ names: [{ priority: 'LOW', names: english('Whenever') }], version: 1 }),
  roleEdit: () => ({ roleId: ids.role, version: 1, name: 'Trainee', permissions: ['ticket.create'] }),
  securityLogKeep: () => ({ days: 365 }),
  skillGroupEdit: () => ({ skillGroupId: ids.skillGroup, version: 1, name: 'Printers', memberIds: [ids.member], topicIds: [ids.topic] }),
  slaCalendarSave: () => ({ id: ids.calendar, version: 1, name: 'Nights', timeZone: 'Europe/Kyiv', week: everyDay, message: 'Again' }),
  slaPoliciesOrder: () => ({ ids: [ids.otherPolicy, ids.policy, ids.fallback] }),
  slaPolicySave: () => ({
    ...policy('Printers first'),
    id: ids.policy,
    version: 1,
    calendarId: ids.calendar,
    targets: [{ metric: 'RESOLUTION', priority: 'HIGH', amount: 2, unit: 'HOURS' }],
  }),
  statusEdit: () => ({ statusId: ids.status, version: 1, names: english('Parked'), color: 'red', fromIds: [], waitingOn: 'VENDOR' }),
  statusesOrder: () => ({ statusIds: world.statuses.map(({ id }) => id).toReversed() }),
  tagRename: () => ({ tagId: ids.tag, name: 'Renamed', version: 1 }),
  teamCalendarUpdate: () => ({ teamId: ids.otherTeam, calendarId: ids.calendar, version: 1 }),
  teamRename: () => ({ teamId: ids.team, name: 'Second line', version: 1 }),
  teamSetReopening: () => ({ teamId: ids.thirdTeam, toQueue: true, version: 1 }),
  templateEdit: () => ({
    templateId: ids.template,
    version: 1,
    name: 'Printer',
    subject: 'Printer',
    checklist: ['Look'],
    topicId: ids.topic,
  }),
  ticketAssign: () => ({ ticketId: ids.ticket, from: null, to: ids.member }),
  ticketContactAdd: () => ({ ticketId: ids.ticket, contactId: ids.otherContact }),
  ticketContactRemove: () => ({ ticketId: ids.ticket, contactId: ids.otherContact }),
  ticketEdit: () => ({
    ticketId: ids.ticket,
    subject: { from: 'Subject', to: 'Another' },
    description: { from: '', to: '<p>More</p>' },
    priority: { from: 'NORMAL', to: 'HIGH' },
    topicId: { from: null, to: ids.topic },
    teamId: { from: null, to: ids.team },
    requesterId: { from: null, to: ids.contact },
  }),
  ticketFileAdd: () => ({ ticketId: ids.ticket, attachmentIds: [] }),
  ticketLinkRevoke: () => ({ ticketId: ids.ticket }),
  ticketSetFields: () => ({ ticketId: ids.ticket, fields: [{ fieldId: ids.field, to: ['SN-1'] }] }),
  ticketSetStatus: () => ({ ticketId: ids.ticket, from: world.status('NEW'), to: world.status('OPEN') }),
  ticketSnooze: () => ({ ticketId: ids.ticket, until: tomorrow }),
  ticketTag: () => ({ ticketId: ids.ticket, add: ['one', 'two'], remove: ['three'] }),
  topicEdit: () => ({ topicId: ids.topic, version: 1, names: english('Printers'), parentId: ids.otherTopic }),
  topicsOrder: () => ({ topicIds: [ids.otherTopic, ids.topic] }),
  viewEdit: () => ({
    viewId: ids.view,
    version: 1,
    name: 'Urgent',
    filter: { priorities: ['CRITICAL'] },
    text: 'priority:critical',
    order: 'UPDATED',
    columns: ['PRIORITY'],
    grouping: 'STATUS',
    audience: 'WORKSPACE',
  }),
  viewsOrder: () => ({ viewIds: [ids.view] }),
  watcherAdd: () => ({ ticketId: ids.ticket, memberId: ids.member }),
  watcherRemove: () => ({ ticketId: ids.ticket, memberId: ids.member }),
};

/** Mutations that have an effect each time, or that refuse to act on what is gone or done. */
const others = {
  creates:
    'accessTokenCreate bulkStart bulkUndo bulkUnwatchClosed checklistAdd contactCreate contactExport conversationOpen fieldCreate machineTokenCreate memberInvite memberInviteAgain noteAdd roleCreate skillGroupCreate statusCreate teamCreate templateCreate ticketCreate ticketLinkOpen ticketSplit timeRecord topicCreate viewCreate',
  sends: 'conversationReceive conversationReply messageReceive notePublish replySend',
  ends: 'accessTokenRevoke bulkCancel checklistItemRemove contactErase failedJobDiscard failedJobRetry fieldRemove fileRemove linkRemove noteDelete ratingRemove roleDelete skillGroupDelete slaCalendarDelete statusDelete tagDelete teamDelete templateDelete ticketDelete ticketRestore ticketSpamRemove timeRemove topicDelete viewDelete',
  moves:
    'activityUndo contactMerge contactUnmerge conversationLink conversationUnlink notificationMute settingRestore ticketMerge ticketUnmerge',
  computes: 'slaCalendarTry teamCalendarTry slaHolidaysRead slaPolicyExample slaPolicyTry slaPolicyReapply',
  'is about credentials, sessions or presence':
    'confirm invitationAccept linkRedeem memberResetLink passwordChange passwordForgotten presenceSet pushDeviceAdd pushDeviceRemove secondFactorBegin secondFactorConfirm secondFactorEnd secondFactorRequire sessionEnd sessionsEndOthers signIn signOut workspaceSwitch',
};

const english = (text: string) => [{ locale: 'en', text }];
const everyDay = Array.from({ length: 7 }, () => [{ from: 0, to: 1440 }]);
const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
const policy = (name: string) => ({
  name,
  conditions: { topicIds: [ids.topic] },
  targets: [],
  warning: { share: 0.75, beforeMinutes: 15 },
});

async function ask(name: string, input: object, select = '__typename') {
  const type = mutations[name]?.args[0]?.type.toString() ?? '';
  const payload = mutations[name] && getNamedType(mutations[name].type);
  const refusals = isObjectType(payload) && payload.getFields().userErrors ? 'userErrors { ... on UserError { code message } }' : '';
  const query = `mutation ($input: ${type}) { ${name}(input: $input) { ${select} ${refusals} } }`;
  return (await owner.run(query, { input }))[name];
}

async function made(name: string, input: object, thing: string): Promise<string> {
  const answer = await ask(name, input, `${thing} { id }`);
  expect(answer.userErrors).toEqual([]);
  return answer[thing].id;
}

beforeAll(async () => {
  world = await World.open();
  owner = await world.person('OWNER');
  ids.member = (await world.person('AGENT', { name: 'Ada Lovelace' })).id;
  for (const name of ['ticket', 'otherTicket']) ids[name] = (await world.ticket({ subject: 'Subject' })).id;
  ids.contact = await made('contactCreate', { name: 'Grace', email: 'grace@client.test' }, 'contact');
  ids.otherContact = await made('contactCreate', { name: 'Alan' }, 'contact');
  ids.note = await made('noteAdd', { ticketId: ids.ticket, body: '<p>Note</p>' }, 'note');
  ids.draft = crypto.randomUUID();
  ids.conversation = await made('conversationOpen', { contactId: ids.contact, body: '<p>Hello</p>' }, 'conversation');
  ids.topic = await made('topicCreate', { names: english('Hardware') }, 'topic');
  ids.otherTopic = await made('topicCreate', { names: english('Office') }, 'topic');
  ids.field = await made('fieldCreate', { key: 'serial', type: 'TEXT', names: english('Serial') }, 'field');
  ids.otherField = await made('fieldCreate', { key: 'room', type: 'TEXT', names: english('Room') }, 'field');
  ids.status = await made('statusCreate', { names: english('Blocked'), color: 'blue', category: 'WAITING' }, 'status');
  ids.role = await made('roleCreate', { name: 'Helper', permissions: [] }, 'role');
  ids.team = await made('teamCreate', { name: 'First line' }, 'team');
  ids.otherTeam = await made('teamCreate', { name: 'Field service' }, 'team');
  ids.thirdTeam = await made('teamCreate', { name: 'Returns' }, 'team');
  ids.template = await made('templateCreate', { name: 'Broken' }, 'template');
  ids.skillGroup = await made('skillGroupCreate', { name: 'Devices' }, 'skillGroup');
  ids.calendar = await made('slaCalendarSave', { name: 'Days', timeZone: 'UTC', week: everyDay }, 'calendar');
  ids.policy = await made('slaPolicySave', policy('Printers'), 'policy');
  ids.otherPolicy = await made('slaPolicySave', policy('Scanners'), 'policy');
  ids.view = await made('viewCreate', { name: 'My day', filter: {}, order: 'DUE', audience: 'WORKSPACE' }, 'view');
  await ask('ticketTag', { ticketId: ids.ticket, add: ['three'] });
  await ask('checklistAdd', { ticketId: ids.ticket, texts: ['One', 'Other'] });
  const { tags, slaPolicies, ticket } = await owner.run(
    'query ($id: ID!) { tags { id } slaPolicies { id fallback } ticket(id: $id) { checklist { id } } }',
    { id: ids.otherTicket },
  );
  ids.tag = tags[0].id;
  ids.fallback = slaPolicies.find(({ fallback }: { fallback: boolean }) => fallback).id;
  expect(ticket).not.toBeNull();
  const { checklist } = (await owner.run('query ($id: ID!) { ticket(id: $id) { checklist { id } } }', { id: ids.ticket })).ticket;
  [ids.item, ids.otherItem] = checklist.map(({ id }: { id: string }) => id);
});
afterAll(() => world.close());

/** The rows of all tables, as their number and the sum of their versions. */
async function rows(): Promise<Record<string, string>> {
  const tables = await world.sql<{ name: string; versioned: boolean }>(
    `select t.table_name as name, exists (select from information_schema.columns c
       where c.table_schema = 'public' and c.table_name = t.table_name and c.column_name = 'version') as versioned
     from information_schema.tables t where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const counts = tables.map(
    ({ name, versioned }) =>
      `select '${name}' as name, count(*) || ' rows, versions ' || ${versioned ? 'coalesce(sum(version), 0)' : 0} as state from "${name}"`,
  );
  const states = await world.sql<{ name: string; state: string }>(counts.join(' union all '));
  return Object.fromEntries(states.map(({ name, state }) => [name, state]));
}

/** The same wish again: what the first call read is now what it wrote. */
function again(input: object, version: (given: number) => number): object {
  const entries = Object.entries(input).map(([key, value]: [string, unknown]) => {
    if (/version$/i.test(key)) return [key, version(value as number)];
    if (key === 'from' && 'to' in input) return [key, input.to];
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [key, isObject ? again(value, version) : value];
  });
  return Object.fromEntries(entries) as object;
}

describe('an edit that changes nothing', () => {
  it('is tried for every mutation that edits', () => {
    const known = [...Object.keys(edits), ...Object.values(others).flatMap((names) => names.split(' '))];

    expect(known.sort()).toEqual(Object.keys(mutations).sort());
  });

  it.each(Object.keys(edits))('%s records no event, version or log entry', async (name) => {
    const input = edits[name]?.() ?? {};
    const first = await ask(name, input);
    expect(first.userErrors ?? []).toEqual([]);
    await waitFor(async () => (await world.sql('select 1 from event where position is null')).length === 0, 'the events to be relayed');
    const before = await rows();

    const refused = await ask(
      name,
      again(input, (given) => given + 1),
    );
    const isStale = (refused.userErrors ?? []).some(({ code }: { code: string }) => code.endsWith('CONFLICT'));
    const second = isStale
      ? await ask(
          name,
          again(input, (given) => given),
        )
      : refused;

    expect(second.userErrors ?? []).toEqual([]);
    expect(await rows()).toEqual(before);
  });
});

it('leaves the SLA of a ticket alone when tags are added after a change of priority', async () => {
  const { id: ticketId } = await world.ticket();
  await ask('ticketEdit', { ticketId, priority: { from: 'NORMAL', to: 'HIGH' } });
  const slaRows = () =>
    world.sql(
      `select (select count(*) from event where ticket_id = ? and type like 'sla.%') as events, (select count(*) from sla_clock where ticket_id = ?) as clocks,
         (select count(*) from sla_segment where ticket_id = ?) as segments, (select count(*) from sla_segment where ticket_id = ? and to_at <= from_at) as empty`,
      [ticketId, ticketId, ticketId, ticketId],
    );
  const before = await slaRows();
  expect(before).toMatchObject([{ empty: '0' }]);
  expect(before).not.toMatchObject([{ clocks: '0' }]);

  for (let count = 1; count <= 49; count++) await ask('ticketTag', { ticketId, add: [`tag ${count}`] });

  expect(await slaRows()).toEqual(before);
});
