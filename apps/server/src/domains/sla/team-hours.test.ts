import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { World, waitFor, type Person } from '../../testing/world.ts';

const CALENDAR = `mutation ($input: SlaCalendarSaveInput!) { slaCalendarSave(input: $input) { calendar { id } userErrors { ... on UserError { code message } } } }`;
const DELETE = `mutation ($id: ID!) { slaCalendarDelete(input: { id: $id }) { userErrors { ... on UserError { code } } } }`;
const POLICY = `mutation ($input: SlaPolicySaveInput!) { slaPolicySave(input: $input) { policy { id } userErrors { ... on UserError { code message } } } }`;
const POLICY_TRY = `mutation ($input: SlaPolicySaveInput!) { slaPolicyTry(input: $input) { effect { running earlier later breaches } } }`;
const REAPPLY = `mutation ($id: ID!) { slaPolicyReapply(input: { id: $id }) { userErrors { ... on UserError { code } } } }`;
const TEAM = `mutation ($input: TeamCalendarUpdateInput!) { teamCalendarUpdate(input: $input) { team { calendarId version } userErrors { ... on UserError { code field } } } }`;
const TEAM_TRY = `mutation ($input: TeamCalendarTryInput!) { teamCalendarTry(input: $input) { effect { running earlier later breaches } userErrors { ... on UserError { code } } } }`;
const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { code message } } } }`;
const CREATE = `mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id } userErrors { ... on UserError { code } } } }`;
const CLOCKS = `query ($id: ID!) { ticket(id: $id) { dueAt slaClocks { metric elapsedMs dueAt calendar { id } ledger { from to kind reason } } activity(last: 50) { edges { node { type changes { field from { text } to { text } } } } } } }`;
const VERSIONS = `query ($id: ID!) { settingVersions(kind: TEAM, settingId: $id, first: 10) { edges { node { id version state } } } }`;
const RESTORE = `mutation ($input: SettingRestoreInput!) { settingRestore(input: $input) { leftOut userErrors { ... on UserError { code message } } } }`;

const hour = 60;
const weekOf = (from: number, to: number) =>
  [0, 1, 2, 3, 4].map(() => [{ from: from * hour, to: to * hour }]).concat([[], []]) as { from: number; to: number }[][];

let world: World;
let admin: Person;
let office: string;
let mornings: string;

beforeAll(async () => {
  world = await World.open();
  admin = await world.person('ADMIN', { name: 'Martin' });
  office = await saveCalendar({ name: 'Office', week: weekOf(9, 18) });
  mornings = await saveCalendar({ name: 'Mornings', week: weekOf(6, 15) });
});
afterEach(() => (world.time.now = null));
afterAll(() => world.close());

/** A time of day in Kyiv in winter. */
const kyiv = (text: string) => new Date(`${text}+02:00`);
const at = (text: string) => (world.time.now = kyiv(text));
const iso = (text: string) => kyiv(text).toISOString();

async function saveCalendar(calendar: object): Promise<string> {
  const { slaCalendarSave } = await admin.run(CALENDAR, { input: { timeZone: 'Europe/Kyiv', ...calendar } });
  expect(slaCalendarSave.userErrors).toEqual([]);
  return slaCalendarSave.calendar.id;
}

const policyInput = (topicId: string, hours: number, more: object = {}) => ({
  name: `Policy ${topicId}`,
  conditions: { topicIds: [topicId] },
  calendarId: office,
  targets: [{ metric: 'RESOLUTION', priority: 'NORMAL', amount: hours, unit: 'HOURS' }],
  warning: { share: 0.75, beforeMinutes: 15 },
  ...more,
});

/** A topic with a policy of four office hours, and a team. */
async function place(): Promise<{ topicId: string; policyId: string; teamId: string }> {
  const [topicId, teamId] = [await world.topic(`Topic ${crypto.randomUUID()}`), await world.team()];
  const { slaPolicySave } = await admin.run(POLICY, { input: policyInput(topicId, 4) });
  expect(slaPolicySave.userErrors).toEqual([]);
  return { topicId, policyId: slaPolicySave.policy.id, teamId };
}

const setHours = async (teamId: string, version: number, calendarId: string | null, person = admin) =>
  (await person.run(TEAM, { input: { teamId, version, calendarId } })).teamCalendarUpdate;

async function resolution(id: string) {
  const { ticket } = await admin.run(CLOCKS, { id });
  const clock = ticket.slaClocks.find(({ metric }: { metric: string }) => metric === 'RESOLUTION');
  const changes = ticket.activity.edges
    .map(({ node }: { node: { type: string; changes: object[] } }) => node)
    .filter(({ type }: { type: string }) => type === 'sla.hours_changed')
    .map((node: { changes: object[] }) => node.changes[0]);
  return { ...clock, ticketDueAt: ticket.dueAt, changes };
}

const isDue = (id: string, due: string) => waitFor(async () => (await resolution(id)).dueAt === iso(due), `the ticket to be due at ${due}`);

it('counts the clocks of a team by its business hours instead of those of the policy', async () => {
  const { topicId, teamId } = await place();

  expect(await setHours(teamId, 1, mornings)).toEqual({ team: { calendarId: mornings, version: 2 }, userErrors: [] });
  at('2026-02-09T14:00');
  const own = await world.ticket({ topicId, teamId });
  const other = await world.ticket({ topicId });

  // An hour on Monday, three on Tuesday from 6:00; in the office until 18:00.
  expect((await resolution(own.id)).dueAt).toBe(iso('2026-02-10T09:00'));
  expect((await resolution(other.id)).dueAt).toBe(iso('2026-02-09T18:00'));
});

it('keeps the elapsed time of a ticket that moves to a team with other business hours, and logs them', async () => {
  const { topicId, teamId } = await place();
  await setHours(teamId, 1, mornings);
  at('2026-02-09T14:00');
  const { id } = await world.ticket({ topicId });
  at('2026-02-09T16:00');
  await admin.run(EDIT, { input: { ticketId: id, teamId: { from: null, to: teamId } } });

  const moved = await resolution(id);
  at('2026-02-10T07:00');

  // Two hours elapsed in the office. The other two count on Tuesday from 6:00.
  expect(moved).toMatchObject({ elapsedMs: 2 * 3_600_000, dueAt: iso('2026-02-10T08:00'), ticketDueAt: iso('2026-02-10T08:00') });
  expect(moved.changes).toEqual([{ field: 'slaCalendarId', from: { text: 'Office' }, to: { text: 'Mornings' } }]);
  expect((await resolution(id)).ledger.at(-1)).toMatchObject({ kind: 'COUNTED', reason: 'HOURS_CHANGED' });
});

it('measures the running clocks of a team again when its business hours change, and when they are removed', async () => {
  const { topicId, teamId } = await place();
  at('2026-02-09T14:00');
  const { id } = await world.ticket({ topicId, teamId });
  const stranger = await world.ticket({ topicId });
  at('2026-02-09T14:30');

  await setHours(teamId, 1, mornings);
  // Half an hour elapsed; half an hour is left of Monday and three hours of Tuesday.
  await isDue(id, '2026-02-10T09:00');
  await setHours(teamId, 2, null);
  await isDue(id, '2026-02-09T18:00');

  expect((await resolution(id)).changes).toEqual([
    { field: 'slaCalendarId', from: { text: 'Office' }, to: { text: 'Mornings' } },
    { field: 'slaCalendarId', from: { text: 'Mornings' }, to: { text: 'Office' } },
  ]);
  expect((await resolution(stranger.id)).changes).toEqual([]);
  await waitFor(async () => (await world.sql('select from sla_recount')).length === 0, 'nothing to be left to measure');
});

it('measures also the clocks that begin while the business hours change', async () => {
  const { topicId, teamId } = await place();
  const create = async () =>
    (await admin.run(CREATE, { input: { subject: 'Created meanwhile', internal: true, topicId, teamId } })).ticketCreate.ticket
      .id as string;

  const [ids] = await Promise.all([
    Promise.all(Array.from({ length: 25 }, create)),
    (async () => {
      for (let version = 1; version <= 5; version++) await setHours(teamId, version, version % 2 === 1 ? mornings : null);
    })(),
  ]);

  await waitFor(async () => (await world.sql('select from sla_recount')).length === 0, 'nothing to be left to measure');
  for (const id of ids) expect((await resolution(id)).calendar.id).toBe(`${mornings}:1`);
});

it('calculates what other business hours of a team would do before they are saved', async () => {
  const { topicId, policyId, teamId } = await place();
  at('2026-02-09T14:00');
  for (let count = 0; count < 2; count++) await world.ticket({ topicId, teamId });
  await world.ticket({ topicId });
  at('2026-02-09T14:30');
  const trying = async (calendarId: string | null) => (await admin.run(TEAM_TRY, { input: { teamId, calendarId } })).teamCalendarTry;

  expect(await trying(mornings)).toEqual({ effect: { running: 2, earlier: 0, later: 2, breaches: 0 }, userErrors: [] });
  expect((await trying(null)).effect).toEqual({ running: 2, earlier: 0, later: 0, breaches: 0 });
  expect((await trying(crypto.randomUUID())).userErrors).toEqual([{ code: 'SLA_CALENDAR_NOT_FOUND' }]);

  await setHours(teamId, 1, mornings);
  await waitFor(async () => (await world.sql('select from sla_recount')).length === 0, 'nothing to be left to measure');
  // The policy that stays as it is moves no clock, also not those of the team.
  const { slaPolicyTry } = await admin.run(POLICY_TRY, { input: policyInput(topicId, 4, { id: policyId, version: 1 }) });
  expect(slaPolicyTry.effect).toEqual({ running: 3, earlier: 0, later: 0, breaches: 0 });
});

it('applies a new version of the business hours of a team with the policy', async () => {
  const { topicId, policyId, teamId } = await place();
  const early = await saveCalendar({ name: 'Early', week: weekOf(6, 15) });
  await setHours(teamId, 1, early);
  at('2026-02-09T14:00');
  const { id } = await world.ticket({ topicId, teamId });

  await saveCalendar({ id: early, version: 1, name: 'Early', week: weekOf(7, 15) });
  const before = await resolution(id);
  await admin.run(REAPPLY, { id: policyId });

  expect(before.dueAt).toBe(iso('2026-02-10T09:00'));
  await isDue(id, '2026-02-10T10:00');
});

it('restores the business hours of a team from an earlier version', async () => {
  const { topicId, teamId } = await place();
  await setHours(teamId, 1, mornings);
  await setHours(teamId, 2, null);
  at('2026-02-09T14:00');
  const { id } = await world.ticket({ topicId, teamId });
  const { settingVersions } = await admin.run(VERSIONS, { id: teamId });
  const versions = settingVersions.edges.map(({ node }: { node: object }) => node) as { id: string; version: number }[];
  const wanted = versions.find(({ version }) => version === 2);

  const { settingRestore } = await admin.run(RESTORE, { input: { id: wanted?.id, newest: 3 } });

  expect(settingRestore).toEqual({ leftOut: [], userErrors: [] });
  await isDue(id, '2026-02-10T09:00');
});

it('refuses business hours of a team without permission, of an old version and that do not exist, and keeps those in use', async () => {
  const { teamId } = await place();
  const calendarId = await saveCalendar({ name: 'Nights', week: weekOf(0, 6) });
  await setHours(teamId, 1, calendarId);
  const supervisor = await world.person('SUPERVISOR');

  expect((await setHours(teamId, 2, null, supervisor)).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
  expect((await setHours(teamId, 1, null)).userErrors).toMatchObject([{ code: 'SETTINGS_CONFLICT' }]);
  expect((await setHours(teamId, 2, crypto.randomUUID())).userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'calendarId' }]);
  expect((await setHours(crypto.randomUUID(), 1, null)).userErrors).toMatchObject([{ code: 'TEAM_NOT_FOUND' }]);
  expect((await admin.run(DELETE, { id: calendarId })).slaCalendarDelete.userErrors).toEqual([{ code: 'STILL_IN_USE' }]);
});
