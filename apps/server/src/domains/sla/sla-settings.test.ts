import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { World, waitFor, type Person } from '../../testing/world.ts';
import { createLogger } from '../../platform/logger.ts';
import { BreachWatch, recordBreaches } from './breach-watch.ts';
import { recordReply } from './reactions.ts';
import { zoneOffsets } from './zone-offsets.ts';

const CALENDAR = `mutation ($input: SlaCalendarSaveInput!) { slaCalendarSave(input: $input) { calendar { id current { version } } userErrors { ... on UserError { code field message } ... on SettingsConflict { version } } } }`;
const POLICY = `mutation ($input: SlaPolicySaveInput!) { slaPolicySave(input: $input) { policy { id name version fallback savedBy { name } message } userErrors { ... on UserError { code field message } ... on SettingsConflict { version } } } }`;
const TRY = `mutation ($input: SlaPolicySaveInput!) { slaPolicyTry(input: $input) { effect { running earlier later breaches } userErrors { ... on UserError { code } } } }`;
const TRY_CALENDAR = `mutation ($input: SlaCalendarSaveInput!) { slaCalendarTry(input: $input) { effect { running earlier later breaches } userErrors { ... on UserError { code field } } } }`;
const EXAMPLE = `mutation ($input: SlaExampleInput!) { slaPolicyExample(input: $input) { outcome { policy tried promises { metric targetMs dueAt } } userErrors { ... on UserError { code field } } } }`;
const RECEIVE = `mutation ($input: MessageReceiveInput!) { messageReceive(input: $input) { userErrors { ... on UserError { code } } } }`;
const ORDER = `mutation ($ids: [ID!]!) { slaPoliciesOrder(input: { ids: $ids }) { policies { id fallback } userErrors { ... on UserError { code } } } }`;
const POLICIES = `{ slaPolicies { id name version fallback conditions { priorities } calendarId targets { metric priority amount unit } warning { share beforeMinutes } } slaCalendars { id name current { id version timeZone offsets { from offsetMs } week { from to } holidays { date name hours { from to } } } } }`;
const CLOCKS = `query ($id: ID!) { ticket(id: $id) { dueAt slaClocks { metric cycle state targetMs elapsedMs runningSince dueAt warnAt breachedAt breachCause stoppedAt policy policyVersion calendar { id timeZone } ledger { from to kind reason } } activity(last: 50) { edges { node { type changes { field to { text } } } } } } }`;
const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { userErrors { ... on UserError { code } } } }`;
const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { code message } } } }`;

const hour = 60;
const office = { from: 9 * hour, to: 18 * hour };
const week = [[office], [office], [office], [office], [office], [], []];

let world: World;
let admin: Person;

beforeAll(async () => {
  world = await World.open();
  admin = await world.person('ADMIN', { name: 'Martin' });
});
afterEach(() => (world.time.now = null));
afterAll(() => world.close());

/** A time of day in Kyiv in winter. */
const kyiv = (text: string) => new Date(`${text}+02:00`);
const at = (text: string) => (world.time.now = kyiv(text));
const iso = (text: string) => kyiv(text).toISOString();
const system = () => world.desk.systemScope(world.workspaceId);

/** The ticket's client writes; it gets one if it has none. */
async function clientWrites(ticketId: string): Promise<void> {
  const { id } = await world.contact();
  await world.sql('update ticket set requester_id = coalesce(requester_id, ?) where id = ?', [id, ticketId]);
  const { messageReceive } = await admin.run(RECEIVE, { input: { ticketId, body: '<p>Hello?</p>' } });
  expect(messageReceive.userErrors).toEqual([]);
}

async function makeCalendar(name: string, more: object = {}): Promise<string> {
  const { slaCalendarSave } = await admin.run(CALENDAR, { input: { name, timeZone: 'Europe/Kyiv', week, ...more } });
  expect(slaCalendarSave.userErrors).toEqual([]);
  return slaCalendarSave.calendar.id;
}

interface Settings {
  readonly name: string;
  readonly conditions: object;
  readonly calendarId?: string | null;
  readonly targets: readonly object[];
}
const target = (metric: string, amount: number, unit = 'HOURS', priority = 'NORMAL') => ({ metric, priority, amount, unit });
const asInput = (settings: Settings, more: object = {}) => ({ warning: { share: 0.75, beforeMinutes: 15 }, ...settings, ...more });

async function makePolicy(settings: Settings): Promise<string> {
  const { slaPolicySave } = await admin.run(POLICY, { input: asInput(settings) });
  expect(slaPolicySave.userErrors).toEqual([]);
  return slaPolicySave.policy.id;
}

/** A topic for which there is a policy, so that tests do not meet. */
async function topicWith(settings: Omit<Settings, 'conditions' | 'name'>): Promise<{ topicId: string; policyId: string }> {
  const topicId = await world.topic(`Topic ${crypto.randomUUID()}`);
  return { topicId, policyId: await makePolicy({ ...settings, name: `Policy ${topicId}`, conditions: { topicIds: [topicId] } }) };
}

async function clocks(id: string) {
  const { ticket } = await admin.run(CLOCKS, { id });
  const of = (metric: string) => ticket.slaClocks.find((clock: { metric: string }) => clock.metric === metric);
  return { ticket, of, events: ticket.activity.edges.map(({ node }: { node: { type: string } }) => node.type) as string[] };
}

const move = (ticketId: string, from: 'NEW' | 'OPEN' | 'IN_PROGRESS' | 'WAITING', to: 'OPEN' | 'IN_PROGRESS' | 'WAITING' | 'RESOLVED') =>
  admin.run(STATUS, { input: { ticketId, from: world.status(from), to: world.status(to) } });

interface Line {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly reason: string;
}
const counted = (lines: readonly Line[]) =>
  lines.reduce((sum, { from, to, kind }) => sum + (kind === 'COUNTED' ? Date.parse(to) - Date.parse(from) : 0), 0);

describe('a clock in business hours', () => {
  it('counts open time alone, says why it did not count the rest, and the counted lines add up to what elapsed', async () => {
    const calendarId = await makeCalendar('With a holiday', { holidays: [{ date: '2026-02-10', name: 'Inventory' }] });
    const { topicId } = await topicWith({ calendarId, targets: [target('RESOLUTION', 2, 'DAYS')] });
    at('2026-02-09T17:00');
    const { id } = await world.ticket({ topicId });
    const begun = await clocks(id);
    at('2026-02-11T10:00');
    await move(id, 'NEW', 'WAITING');
    at('2026-02-11T12:00');
    await move(id, 'WAITING', 'OPEN');
    at('2026-02-11T13:00');
    const open = await clocks(id);
    at('2026-02-11T14:30');
    await move(id, 'OPEN', 'RESOLVED');
    at('2026-02-20T12:00');
    const resolved = (await clocks(id)).of('RESOLUTION');

    // Two days of nine hours: an hour on Monday, nine on Wednesday, eight on Thursday; Tuesday is a holiday.
    expect(begun.of('RESOLUTION')).toMatchObject({ targetMs: 18 * 3_600_000, dueAt: iso('2026-02-12T17:00') });
    expect(open.of('RESOLUTION')).toMatchObject({
      state: 'RUNNING',
      dueAt: iso('2026-02-13T10:00'),
      calendar: { timeZone: 'Europe/Kyiv' },
    });
    expect(open.of('RESOLUTION').ledger).toEqual([
      { from: iso('2026-02-09T17:00'), to: iso('2026-02-09T18:00'), kind: 'COUNTED', reason: 'STARTED' },
      { from: iso('2026-02-09T18:00'), to: iso('2026-02-11T09:00'), kind: 'HOLIDAY', reason: 'STARTED' },
      { from: iso('2026-02-11T09:00'), to: iso('2026-02-11T10:00'), kind: 'COUNTED', reason: 'STARTED' },
      { from: iso('2026-02-11T10:00'), to: iso('2026-02-11T12:00'), kind: 'STOOD', reason: 'STANDS_BY_STATUS' },
      { from: iso('2026-02-11T12:00'), to: iso('2026-02-11T13:00'), kind: 'COUNTED', reason: 'RUNS_BY_STATUS' },
    ]);
    expect(resolved).toMatchObject({ state: 'MET', elapsedMs: 4.5 * 3_600_000 });
    expect(counted(resolved.ledger)).toBe(resolved.elapsedMs);
  });

  it('is due the very moment the doors close where the target is reached then', async () => {
    const calendarId = await makeCalendar('Plain office');
    const { topicId } = await topicWith({ calendarId, targets: [target('RESOLUTION', 1)] });
    at('2026-02-09T17:00');
    const { id } = await world.ticket({ topicId });

    expect((await clocks(id)).of('RESOLUTION').dueAt).toBe(iso('2026-02-09T18:00'));
  });

  it('goes on by the version it began with when calendar and policy are saved anew', async () => {
    const calendarId = await makeCalendar('Changing');
    const { topicId, policyId } = await topicWith({ calendarId, targets: [target('RESOLUTION', 4)] });
    at('2026-02-09T09:00');
    const { id: old } = await world.ticket({ topicId });
    at('2026-02-09T10:00');
    const late = { from: 12 * hour, to: 18 * hour };
    await admin.run(CALENDAR, {
      input: {
        id: calendarId,
        version: 1,
        name: 'Changing',
        timeZone: 'Europe/Kyiv',
        week: week.map((hours) => (hours.length ? [late] : [])),
      },
    });
    await admin.run(POLICY, {
      input: asInput(
        { name: 'Faster', conditions: { topicIds: [topicId] }, calendarId, targets: [target('RESOLUTION', 1)] },
        { id: policyId, version: 1, message: 'Sooner' },
      ),
    });
    const { id: fresh } = await world.ticket({ topicId });

    expect((await clocks(old)).of('RESOLUTION')).toMatchObject({ policyVersion: 1, dueAt: iso('2026-02-09T13:00') });
    expect((await clocks(fresh)).of('RESOLUTION')).toMatchObject({ policy: 'Faster', policyVersion: 2, dueAt: iso('2026-02-09T13:00') });
    // A change of priority is no other policy: the clock stays with its version (rule 8).
    await admin.run(EDIT, {
      input: { ticketId: old, subject: { from: (await admin.run(`{ ticket(id: "${old}") { subject } }`)).ticket.subject, to: 'Renamed' } },
    });
    expect((await clocks(old)).of('RESOLUTION').policyVersion).toBe(1);
  });
});

describe('promises', () => {
  const all = [
    target('FIRST_RESPONSE', 1),
    target('NEXT_RESPONSE', 2),
    target('UPDATE', 4),
    target('RESOLUTION', 24),
    target('TIME_IN_STATUS', 3),
  ];

  it('of answers begin with messages: the next one at the first that is not answered, the update after each reply', async () => {
    const { topicId } = await topicWith({ targets: all });
    at('2026-02-09T09:00');
    const { id } = await world.ticket({ topicId });
    await clientWrites(id);
    const before = await clocks(id);
    at('2026-02-09T09:30');
    await recordReply(system(), id);
    const replied = await clocks(id);
    at('2026-02-09T10:00');
    await clientWrites(id);
    at('2026-02-09T11:00');
    await clientWrites(id);
    const owed = await clocks(id);
    at('2026-02-09T11:30');
    await recordReply(system(), id);
    const answered = await clocks(id);

    // Before the first reply nothing but the first response is owed (rule 2).
    expect(before.of('NEXT_RESPONSE')).toBeUndefined();
    expect(before.of('UPDATE')).toBeUndefined();
    expect(replied.of('FIRST_RESPONSE')).toMatchObject({ state: 'MET', stoppedAt: iso('2026-02-09T09:30') });
    expect(replied.of('UPDATE')).toMatchObject({ state: 'RUNNING', cycle: 1, dueAt: iso('2026-02-09T13:30') });
    // Later messages do not move it.
    expect(owed.of('NEXT_RESPONSE')).toMatchObject({ state: 'RUNNING', cycle: 1, dueAt: iso('2026-02-09T12:00') });
    expect(answered.of('NEXT_RESPONSE')).toMatchObject({ state: 'MET', elapsedMs: 90 * 60_000 });
    expect(answered.of('UPDATE')).toMatchObject({ state: 'RUNNING', cycle: 2, dueAt: iso('2026-02-09T15:30') });
  });

  it('of time in a status begin anew with each, and stand while the ticket waits', async () => {
    const { topicId } = await topicWith({ targets: all });
    at('2026-02-09T09:00');
    const { id } = await world.ticket({ topicId });
    at('2026-02-09T10:00');
    await move(id, 'NEW', 'IN_PROGRESS');
    const working = await clocks(id);
    at('2026-02-09T11:00');
    await move(id, 'IN_PROGRESS', 'WAITING');
    const waiting = await clocks(id);

    expect(working.of('TIME_IN_STATUS')).toMatchObject({ cycle: 2, state: 'RUNNING', dueAt: iso('2026-02-09T13:00') });
    expect(waiting.of('TIME_IN_STATUS')).toMatchObject({ cycle: 2, state: 'MET', elapsedMs: 3_600_000 });
    expect(waiting.ticket.dueAt).toBeNull();
  });

  it('stand while the ticket waits or is resolved, so that nothing of them breaches or warns', async () => {
    const { topicId } = await topicWith({ targets: all });
    at('2026-02-09T09:00');
    const { id } = await world.ticket({ topicId });
    await recordReply(system(), id);
    await clientWrites(id);
    at('2026-02-09T10:00');
    await move(id, 'NEW', 'RESOLVED');
    at('2026-03-09T10:00');
    await recordBreaches(system(), id);
    const { of, events, ticket } = await clocks(id);

    expect([of('NEXT_RESPONSE').state, of('UPDATE').state, of('RESOLUTION').state]).toEqual(['PAUSED', 'PAUSED', 'MET']);
    expect(events.filter((type) => type.startsWith('sla.'))).toEqual(['sla.responded']);
    expect(ticket.dueAt).toBeNull();
  });

  it('warn once, at three quarters or a quarter of an hour before, to the second and by themselves', async () => {
    const { topicId } = await topicWith({ targets: [target('RESOLUTION', 1)] });
    at('2026-02-09T09:00');
    const { id } = await world.ticket({ topicId });
    const { warnAt } = (await clocks(id)).of('RESOLUTION');
    at('2026-02-09T09:44:59');
    await recordBreaches(system(), id);
    const early = (await clocks(id)).events;
    at('2026-02-09T09:45');
    await waitFor(async () => (await clocks(id)).events.includes('sla.warned'), 'the warning');
    await Promise.all(Array.from({ length: 5 }, () => recordBreaches(system(), id)));
    at('2026-02-09T10:00');
    await waitFor(async () => (await clocks(id)).events.includes('sla.breached'), 'the breach');
    const { events } = await clocks(id);

    expect(warnAt).toBe(iso('2026-02-09T09:45'));
    expect(early).not.toContain('sla.warned');
    expect(events.filter((type) => type.startsWith('sla.'))).toEqual(['sla.warned', 'sla.breached']);
  });
});

describe('a policy', () => {
  it('is the first that matches, in the order that was given, and the fallback where none does', async () => {
    const topicId = await world.topic('Ordered');
    const team = await world.team();
    const both = await makePolicy({
      name: 'Both',
      conditions: { topicIds: [topicId], teamIds: [team] },
      targets: [target('RESOLUTION', 1)],
    });
    const topic = await makePolicy({ name: 'Topic alone', conditions: { topicIds: [topicId] }, targets: [target('RESOLUTION', 2)] });
    const of = async (overrides: object) => {
      const { id } = await world.ticket(overrides);
      return (await clocks(id)).of('RESOLUTION').policy;
    };
    const first = await of({ topicId, teamId: team });
    const { slaPolicies } = await admin.run(POLICIES);
    const ids = slaPolicies.map(({ id }: { id: string }) => id).filter((id: string) => ![both, topic].includes(id));
    const { slaPoliciesOrder } = await admin.run(ORDER, { ids: [topic, both, ...ids] });

    expect(first).toBe('Both');
    expect(slaPoliciesOrder.policies[0].id).toBe(topic);
    expect(slaPoliciesOrder.policies.at(-1).fallback).toBe(true);
    expect(await of({ topicId, teamId: team })).toBe('Topic alone');
    expect(await of({ topicId })).toBe('Topic alone');
    expect(await of({})).toBe('Standard');
  });

  it('that comes to be another keeps what has elapsed, swaps the target and says so (rule 7)', async () => {
    const slow = await topicWith({ targets: [target('RESOLUTION', 10)] });
    const fast = await topicWith({ targets: [target('RESOLUTION', 2), target('UPDATE', 1)] });
    at('2026-02-09T09:00');
    const { id } = await world.ticket({ topicId: slow.topicId });
    at('2026-02-09T10:00');
    await admin.run(EDIT, { input: { ticketId: id, topicId: { from: slow.topicId, to: fast.topicId } } });
    const changed = await clocks(id);
    at('2026-02-09T10:30');
    await admin.run(EDIT, { input: { ticketId: id, topicId: { from: fast.topicId, to: slow.topicId } } });
    const back = await clocks(id);

    expect(changed.of('RESOLUTION')).toMatchObject({ elapsedMs: 3_600_000, dueAt: iso('2026-02-09T11:00') });
    expect(changed.of('RESOLUTION').ledger.map(({ reason }: Line) => reason)).toEqual(['STARTED']);
    expect(back.of('RESOLUTION')).toMatchObject({ dueAt: iso('2026-02-09T19:00') });
    expect(counted(back.of('RESOLUTION').ledger)).toBe(90 * 60_000);
    expect(back.of('RESOLUTION').ledger.map(({ reason }: Line) => reason)).toEqual(['STARTED', 'POLICY_CHANGED']);
    expect(back.events.filter((type) => type === 'sla.policy_changed')).toHaveLength(2);
  });

  it('breaches at the instant of a change to a target that has passed, and keeps that in the log when a longer target leaves time again', async () => {
    const slow = await topicWith({ targets: [target('RESOLUTION', 10)] });
    const fast = await topicWith({ targets: [target('RESOLUTION', 1)] });
    at('2026-02-09T09:00');
    const { id } = await world.ticket({ topicId: slow.topicId });
    at('2026-02-09T12:00');
    await admin.run(EDIT, { input: { ticketId: id, topicId: { from: slow.topicId, to: fast.topicId } } });
    at('2026-02-09T12:10');
    await admin.run(EDIT, { input: { ticketId: id, topicId: { from: fast.topicId, to: slow.topicId } } });

    await Promise.all([recordBreaches(system(), id), recordBreaches(system(), id)]);
    const { of, ticket } = await clocks(id);
    const told = ticket.activity.edges.filter(({ node }: { node: { type: string } }) => node.type === 'sla.breached');

    expect(of('RESOLUTION')).toMatchObject({ state: 'RUNNING', breachedAt: iso('2026-02-09T12:00'), breachCause: 'POLICY_CHANGED' });
    expect(told).toHaveLength(1);
    expect(told[0].node.changes).toContainEqual({ field: 'cause', to: { text: 'POLICY_CHANGED' } });
  });

  it('has its breach told also where a pause came between the instant and who watches for it', async () => {
    const { topicId } = await topicWith({ targets: [target('RESOLUTION', 1)] });
    at('2026-02-09T09:00');
    const { id } = await world.ticket({ topicId });
    at('2026-02-09T10:01');
    await move(id, 'NEW', 'WAITING');
    const watch = new BreachWatch((workspaceId) => world.desk.systemScope(workspaceId), createLogger('silent'));
    await Promise.all([watch.look(), watch.look()]);
    const { events, of } = await clocks(id);

    expect(of('RESOLUTION')).toMatchObject({ breachedAt: iso('2026-02-09T10:00'), breachCause: null });
    expect(events.filter((type) => type === 'sla.breached')).toHaveLength(1);
  });

  it('begins the resolution anew on reopening, and the next response with each message, where it says so', async () => {
    const topicId = await world.topic(`Anew ${crypto.randomUUID()}`);
    const settings = {
      name: 'Anew',
      conditions: { topicIds: [topicId] },
      targets: [target('RESOLUTION', 10), target('FIRST_RESPONSE', 1), target('NEXT_RESPONSE', 2)],
    };
    const { slaPolicySave } = await admin.run(POLICY, {
      input: asInput(settings, { options: { newCycle: true, restartOnMessage: true } }),
    });
    expect(slaPolicySave.userErrors).toEqual([]);
    at('2026-02-09T09:00');
    const { id } = await world.ticket({ topicId });
    at('2026-02-09T09:30');
    await recordReply(system(), id);
    await clientWrites(id);
    at('2026-02-09T10:30');
    await clientWrites(id);
    const moved = await clocks(id);
    await move(id, 'NEW', 'RESOLVED');
    at('2026-02-09T12:00');
    await admin.run(STATUS, { input: { ticketId: id, from: world.status('RESOLVED'), to: world.status('OPEN') } });
    const reopened = await clocks(id);

    expect(moved.of('NEXT_RESPONSE')).toMatchObject({ state: 'RUNNING', cycle: 2, dueAt: iso('2026-02-09T12:30') });
    expect(reopened.of('RESOLUTION')).toMatchObject({ state: 'RUNNING', cycle: 2, elapsedMs: 0, dueAt: iso('2026-02-09T22:00') });
    const kept = await world.sql<{ at: number }>(
      `select extract(epoch from stopped_at)::float8 * 1000 as at from sla_clock where ticket_id = ? and metric = 'RESOLUTION' and cycle = 1`,
      [id],
    );
    expect(kept).toEqual([{ at: kyiv('2026-02-09T10:30').getTime() }]);
  });

  it('takes a step when the ticket is overdue by so much of the calendar, once', async () => {
    const calendarId = await makeCalendar(`Overdue ${crypto.randomUUID()}`);
    const topicId = await world.topic(`Overdue ${crypto.randomUUID()}`);
    const step = (afterMinutes: number) => ({ on: 'BREACH', action: 'TAG', value: `over ${afterMinutes}`, afterMinutes });
    const settings = { name: 'Overdue', conditions: { topicIds: [topicId] }, calendarId, targets: [target('RESOLUTION', 1)] };
    const wrong = await admin.run(POLICY, { input: asInput(settings, { steps: [{ ...step(5), on: 'WARNING' }] }) });
    const { slaPolicySave } = await admin.run(POLICY, { input: asInput(settings, { steps: [step(120), step(0), step(30)] }) });
    expect([wrong.slaPolicySave.userErrors.length, slaPolicySave.userErrors]).toEqual([1, []]);
    at('2026-02-09T16:00');
    const { id } = await world.ticket({ topicId });
    const tagsAt = async (time: string) => {
      at(time);
      await Promise.all([recordBreaches(system(), id), recordBreaches(system(), id)]);
      const { ticket } = await admin.run('query ($id: ID!) { ticket(id: $id) { tags { name } } }', { id });
      return ticket.tags.map(({ name }: { name: string }) => name).sort();
    };

    expect(await tagsAt('2026-02-09T17:00')).toEqual(['over 0']);
    expect(await tagsAt('2026-02-09T17:29')).toEqual(['over 0']);
    expect(await tagsAt('2026-02-09T17:30')).toEqual(['over 0', 'over 30']);
    // The office is closed from 18:00 to 9:00.
    expect(await tagsAt('2026-02-10T09:59')).toEqual(['over 0', 'over 30']);
    expect(await tagsAt('2026-02-10T10:00')).toEqual(['over 0', 'over 120', 'over 30']);
    expect((await clocks(id)).events.filter((type) => type === 'sla.overdue')).toHaveLength(2);
  });

  it('that is not saved yet says what it would promise about a ticket that is made up, and which policy would be for it', async () => {
    const calendarId = await makeCalendar(`Example ${crypto.randomUUID()}`);
    const topicId = await world.topic(`Example ${crypto.randomUUID()}`);
    const draft = asInput({
      name: 'Draft',
      conditions: { topicIds: [topicId], sources: ['API'] },
      calendarId,
      targets: [target('RESOLUTION', 10)],
    });
    const ask = async (ticket: object, policy: object = draft) =>
      (
        await admin.run(EXAMPLE, {
          input: { policy, ticket: { at: iso('2026-02-09T17:00'), priority: 'NORMAL', topicId, source: 'API', ...ticket } },
        })
      ).slaPolicyExample;
    const before = await world.sql('select id from sla_policy where workspace_id = ?', [world.workspaceId]);

    expect((await ask({})).outcome).toEqual({
      policy: 'Draft',
      tried: true,
      promises: [{ metric: 'RESOLUTION', targetMs: 36_000_000, dueAt: iso('2026-02-10T18:00') }],
    });
    expect((await ask({ source: 'EMAIL' })).outcome).toMatchObject({ policy: 'Standard', tried: false });
    expect((await ask({ priority: 'HIGH' })).outcome).toEqual({ policy: 'Draft', tried: true, promises: [] });
    expect((await ask({}, { ...draft, conditions: {} })).userErrors).toMatchObject([{ field: 'conditions' }]);
    expect(await world.sql('select id from sla_policy where workspace_id = ?', [world.workspaceId])).toEqual(before);
  });

  it('says before it is saved what it would do to what runs, and changes nothing by that', async () => {
    const { topicId, policyId } = await topicWith({ targets: [target('RESOLUTION', 10)] });
    at('2026-02-09T09:00');
    for (let count = 0; count < 3; count++) await world.ticket({ topicId });
    at('2026-02-09T12:00');
    await world.ticket({ topicId });
    const trying = (hours: number) =>
      admin.run(TRY, {
        input: asInput(
          { name: 'Tried', conditions: { topicIds: [topicId] }, targets: [target('RESOLUTION', hours)] },
          { id: policyId, version: 1 },
        ),
      });

    expect((await trying(2)).slaPolicyTry).toEqual({ effect: { running: 4, earlier: 1, later: 0, breaches: 3 }, userErrors: [] });
    expect((await trying(20)).slaPolicyTry.effect).toEqual({ running: 4, earlier: 0, later: 4, breaches: 0 });
    expect((await admin.run(POLICIES)).slaPolicies.find(({ id }: { id: string }) => id === policyId)).toMatchObject({
      version: 1,
      targets: [{ amount: 10 }],
    });
  });

  it('is measured by business hours whose change is tried before it is saved', async () => {
    const calendarId = await makeCalendar(`Tried ${crypto.randomUUID()}`);
    const { topicId } = await topicWith({ calendarId, targets: [target('RESOLUTION', 4), target('FIRST_RESPONSE', 1, 'DAYS')] });
    at('2026-02-09T09:00');
    for (let count = 0; count < 3; count++) await world.ticket({ topicId });
    at('2026-02-09T12:00');
    const trying = async (from: number, to: number, person = admin) => {
      const hours = week.map((day) => (day.length > 0 ? [{ from: from * hour, to: to * hour }] : []));
      const input = { id: calendarId, version: 1, name: 'Tried', timeZone: 'Europe/Kyiv', week: hours };
      return (await person.run(TRY_CALENDAR, { input })).slaCalendarTry;
    };
    const supervisor = await world.person('SUPERVISOR');

    // An hour is left of the resolution: it is due at 13:00, or at 16:00 if the office opens later. A day becomes shorter.
    expect(await trying(15, 18)).toEqual({ effect: { running: 6, earlier: 0, later: 3, breaches: 3 }, userErrors: [] });
    expect((await trying(9, 18)).effect).toEqual({ running: 6, earlier: 0, later: 0, breaches: 0 });
    expect((await trying(9, 14)).effect).toEqual({ running: 6, earlier: 3, later: 0, breaches: 0 });
    expect((await trying(9, 18, supervisor)).userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    expect((await trying(18, 9)).userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: 'week' }]);
    expect((await admin.run(POLICIES)).slaCalendars.find(({ id }: { id: string }) => id === calendarId).current.week[0]).toEqual([office]);
  });

  it('takes its steps once, at the warning and at the breach, and says of one that it could not', async () => {
    const boss = await world.person('SUPERVISOR', { name: `Boss ${crypto.randomUUID()}` });
    const left = await world.person('AGENT', { name: `Left ${crypto.randomUUID()}` });
    const team = await world.team();
    const topicId = await world.topic(`Escalated ${crypto.randomUUID()}`);
    const steps = [
      { on: 'WARNING', action: 'NOTIFY', value: boss.id },
      { on: 'BREACH', metric: 'RESOLUTION', action: 'RAISE_PRIORITY' },
      { on: 'BREACH', metric: 'RESOLUTION', action: 'ASSIGN', value: left.id },
      { on: 'BREACH', metric: 'RESOLUTION', action: 'MOVE_TO_TEAM', value: team },
      { on: 'BREACH', metric: 'RESOLUTION', action: 'TAG', value: 'late' },
      { on: 'BREACH', metric: 'UPDATE', action: 'TAG', value: 'never' },
    ];
    const settings = {
      name: 'Escalating',
      conditions: { topicIds: [topicId] },
      targets: [target('RESOLUTION', 1), target('RESOLUTION', 9, 'HOURS', 'HIGH')],
    };
    const wrong = await admin.run(POLICY, {
      input: asInput(settings, { steps: [{ on: 'BREACH', action: 'ASSIGN', value: crypto.randomUUID() }] }),
    });
    const { slaPolicySave } = await admin.run(POLICY, { input: asInput(settings, { steps }) });
    await world.sql('update member set active = false where id = ?', [left.id]);
    at('2026-02-09T09:00');
    const { id } = await world.ticket({ topicId });
    at('2026-02-09T09:46');
    await Promise.all([recordBreaches(system(), id), recordBreaches(system(), id)]);
    const told = await world.sql<{ reason: string; type: string }>('select reason, type from notification where member_id = ?', [boss.id]);
    at('2026-02-09T10:01');
    await Promise.all([recordBreaches(system(), id), recordBreaches(system(), id)]);
    const { ticket } = await admin.run('query ($id: ID!) { ticket(id: $id) { priority team { id } tags { name } assignee { id } } }', {
      id,
    });
    const { events, of } = await clocks(id);

    expect(wrong.slaPolicySave.userErrors).toMatchObject([{ field: 'steps' }]);
    expect(slaPolicySave.userErrors).toEqual([]);
    expect(told).toEqual([{ reason: 'ESCALATION', type: 'sla.escalated' }]);
    expect(ticket).toEqual({ priority: 'HIGH', team: { id: team }, tags: [{ name: 'late' }], assignee: null });
    expect(events.filter((type) => type.startsWith('sla.'))).toEqual(['sla.warned', 'sla.escalated', 'sla.breached', 'sla.step_failed']);
    // The breach stays recorded; the longer target of the raised priority leaves time.
    expect(of('RESOLUTION')).toMatchObject({ state: 'RUNNING', breachedAt: iso('2026-02-09T10:00'), targetMs: 9 * 3_600_000 });
  });

  it('is applied anew to what runs by earlier versions when that is asked for, with what has elapsed', async () => {
    const calendarId = await makeCalendar('Applied anew');
    const { topicId, policyId } = await topicWith({ calendarId, targets: [target('RESOLUTION', 10), target('FIRST_RESPONSE', 4)] });
    at('2026-02-09T09:00');
    const tickets = await Promise.all(Array.from({ length: 5 }, () => world.ticket({ topicId })));
    const [first] = tickets;
    at('2026-02-09T10:00');
    await recordReply(system(), first?.id ?? '');
    await admin.run(POLICY, {
      input: asInput(
        {
          name: 'Tighter',
          conditions: { topicIds: [topicId] },
          calendarId,
          targets: [target('RESOLUTION', 3), target('FIRST_RESPONSE', 2)],
        },
        { id: policyId, version: 1 },
      ),
    });
    const outdated = async () => {
      const { slaPolicies } = await admin.run('{ slaPolicies { id outdated } }');
      return slaPolicies.find(({ id }: { id: string }) => id === policyId).outdated;
    };
    const before = await outdated();
    const REAPPLY =
      'mutation ($id: ID!) { slaPolicyReapply(input: { id: $id }) { policy { version } userErrors { ... on UserError { code } } } }';
    const { slaPolicyReapply } = await admin.run(REAPPLY, { id: policyId });
    await waitFor(async () => (await outdated()) === 0, 'the clocks to be measured anew');
    const answered = await clocks(first?.id ?? '');
    const other = await clocks(tickets[1]?.id ?? '');

    // Of each ticket the resolution and the first response, but for the one that was answered; time in status is counted too.
    expect(before).toBe(5 + 4 + 5 + 1);
    expect(slaPolicyReapply).toEqual({ policy: { version: 2 }, userErrors: [] });
    expect(other.of('RESOLUTION')).toMatchObject({ policyVersion: 2, elapsedMs: 3_600_000, dueAt: iso('2026-02-09T12:00') });
    expect(other.of('RESOLUTION').ledger).toMatchObject([{ kind: 'COUNTED', reason: 'STARTED' }]);
    // What was kept stays as it was kept.
    expect(answered.of('FIRST_RESPONSE')).toMatchObject({ state: 'MET', policyVersion: 1, targetMs: 4 * 3_600_000 });
    at('2026-02-09T10:30');
    expect((await clocks(tickets[1]?.id ?? '')).of('RESOLUTION').ledger.map(({ reason }: Line) => reason)).toEqual([
      'STARTED',
      'REAPPLIED',
    ]);
  });

  it('is applied once to a ticket of which an earlier cycle was canceled', async () => {
    const apply = async (options: object) => {
      const topicId = await world.topic(`Once ${crypto.randomUUID()}`);
      const save = async (hours: number, more: object) => {
        const settings = { name: `Once ${topicId}`, conditions: { topicIds: [topicId] }, targets: [target('NEXT_RESPONSE', hours)] };
        const { slaPolicySave } = await admin.run(POLICY, { input: asInput(settings, { options, ...more }) });
        expect(slaPolicySave.userErrors).toEqual([]);
        return slaPolicySave.policy.id as string;
      };
      const policyId = await save(5, {});
      at('2026-02-09T09:00');
      const { id } = await world.ticket({ topicId });
      await recordReply(system(), id);
      await clientWrites(id);
      at('2026-02-09T10:00');
      await clientWrites(id);
      await save(4, { id: policyId, version: 1 });
      await admin.run('mutation ($id: ID!) { slaPolicyReapply(input: { id: $id }) { userErrors { __typename } } }', { id: policyId });
      await waitFor(async () => (await reapplied(id)) > 0, 'the policy to be applied');
      return id;
    };
    const reapplied = async (id: string) => (await clocks(id)).events.filter((type) => type === 'sla.reapplied').length;

    const restarted = await apply({ newCycle: false, restartOnMessage: true });
    // Two more looks at what is outdated.
    for (let look = 0; look < 2; look++) await apply({ newCycle: false, restartOnMessage: false });

    expect(await reapplied(restarted)).toBe(1);
  });
});

describe('settings', () => {
  it('are saved by those who may, and the second of two who save the same is told', async () => {
    const supervisor = await world.person('SUPERVISOR');
    const settings = { name: 'Guarded', conditions: { priorities: ['LOW'] }, targets: [target('RESOLUTION', 1)] };
    const refused = await supervisor.run(POLICY, { input: asInput(settings) });
    const refusedCalendar = await supervisor.run(CALENDAR, { input: { name: 'Theirs', timeZone: 'UTC', week } });
    const refusedTry = await supervisor.run(TRY, { input: asInput(settings) });
    const id = await makePolicy(settings);
    const save = (more: object) => admin.run(POLICY, { input: asInput(settings, { id, version: 1, ...more }) });
    const first = await save({ message: 'First', targets: [target('RESOLUTION', 2)] });
    const second = await save({ message: 'Second' });
    const calendarId = await makeCalendar('Twice saved');
    const again = { id: calendarId, version: 1, name: 'Twice saved', timeZone: 'Europe/Paris', week };
    await admin.run(CALENDAR, { input: again });
    const conflict = await admin.run(CALENDAR, { input: again });

    for (const { userErrors } of [refused.slaPolicySave, refusedCalendar.slaCalendarSave, refusedTry.slaPolicyTry]) {
      expect(userErrors).toMatchObject([{ code: 'NOT_PERMITTED' }]);
    }
    expect(first.slaPolicySave.policy).toMatchObject({ version: 2, message: 'First', savedBy: { name: 'Martin' } });
    expect(second.slaPolicySave.userErrors).toMatchObject([{ code: 'SETTINGS_CONFLICT', version: 2 }]);
    expect(conflict.slaCalendarSave.userErrors).toMatchObject([{ code: 'SETTINGS_CONFLICT', version: 2 }]);
    // Everybody may look.
    expect((await supervisor.run(POLICIES)).slaPolicies.length).toBeGreaterThan(0);
  });

  it.each([
    [{ timeZone: 'Europe/Nowhere' }, 'timeZone', /no time zone/],
    [{ week: [[office]] }, 'week', /seven days/],
    [{ week: [[], [], [], [], [], [], []] }, 'week', /No day is open/],
    [{ week: [[{ from: 600, to: 500 }], [], [], [], [], [], []] }, 'week', /10:00 to 08:20 are no hours/],
    [
      {
        week: [
          [
            { from: 0, to: 600 },
            { from: 500, to: 700 },
          ],
          [],
          [],
          [],
          [],
          [],
          [],
        ],
      },
      'week',
      /overlap/,
    ],
    [{ holidays: [{ date: '2026-02-30' }] }, 'holidays', /no date/],
    [{ holidays: [{ date: '2026-02-03' }, { date: '2026-02-03' }] }, 'holidays', /twice/],
    [{ name: ' ' }, 'name', /./],
  ])('of a calendar are refused with what to do: %j', async (given, field, words) => {
    const { slaCalendarSave } = await admin.run(CALENDAR, { input: { name: crypto.randomUUID(), timeZone: 'UTC', week, ...given } });

    expect(slaCalendarSave).toMatchObject({ calendar: null, userErrors: [{ field, message: expect.stringMatching(words) }] });
  });

  it.each([
    [{ conditions: {} }, 'conditions', /every ticket/],
    [{ conditions: { topicIds: [] } }, 'conditions', /matches nothing/],
    [{ targets: [target('RESOLUTION', 0)] }, 'targets', /one minute/],
    [{ warning: { share: 0, beforeMinutes: 0 } }, 'warning', /1 %/],
    [{ calendarId: crypto.randomUUID() }, 'calendarId', /no such calendar/],
  ])('of a policy are refused with what to do: %j', async (given, field, words) => {
    const settings = { name: 'Wrong', conditions: { priorities: ['LOW'] }, targets: [] };
    const { slaPolicySave } = await admin.run(POLICY, { input: asInput(settings, given) });

    expect(slaPolicySave).toMatchObject({ policy: null, userErrors: [{ field, message: expect.stringMatching(words) }] });
  });

  it('keep a calendar by which something is counted, and let go of one that nothing was', async () => {
    const DELETE = `mutation ($id: ID!) { slaCalendarDelete(input: { id: $id }) { deletedId userErrors { ... on UserError { code } } } }`;
    const [used, unused] = [await makeCalendar('Used'), await makeCalendar('Unused')];
    await topicWith({ calendarId: used, targets: [] });

    expect((await admin.run(DELETE, { id: used })).slaCalendarDelete.userErrors).toMatchObject([{ code: 'STILL_IN_USE' }]);
    expect((await admin.run(DELETE, { id: unused })).slaCalendarDelete).toEqual({ deletedId: unused, userErrors: [] });
    expect((await admin.run(POLICIES)).slaCalendars.map(({ name }: { name: string }) => name)).not.toContain('Unused');
  });
});

describe('the report of a generated month', () => {
  const REPORT = `query ($from: DateTimeISO!, $to: DateTimeISO!, $by: SlaReportGrouping!, $timeZone: String) { slaReport(from: $from, to: $to, by: $by, timeZone: $timeZone) { metric key names { text } met breached medianMs p90Ms elapsedMs } }`;
  interface Row {
    readonly metric: string;
    readonly key: string | null;
    readonly met: number;
    readonly breached: number;
    readonly medianMs: number;
    readonly elapsedMs: number;
  }

  it('adds up to the ledgers of its tickets, whatever it is grouped by, and shows each viewer their own tickets alone', async () => {
    const month = await World.open();
    try {
      const boss = await month.person('ADMIN');
      const teams = [await month.team('One'), await month.team('Two')];
      const supervisor = await month.person('SUPERVISOR', { teams: [teams[0] ?? ''] });
      await month.sql('update member set all_teams = false where id = ?', [supervisor.id]);
      const run = month.desk.systemScope(month.workspaceId);
      const begin = Date.UTC(2026, 0, 1);
      let state = 7;
      const draw = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
      const set = (at: number) => (month.time.now = new Date(at));
      const ids: string[] = [];
      for (let index = 0; index < 40; index++) {
        let at = begin + draw(20 * 1440) * 60_000;
        set(at);
        const priority = (['LOW', 'NORMAL', 'HIGH', 'CRITICAL'] as const)[draw(4)] ?? 'NORMAL';
        const ticket = await month.ticket({ priority, teamId: teams[draw(2)] ?? null });
        ids.push(ticket.id);
        const path = (['OPEN', 'WAITING', 'IN_PROGRESS', 'RESOLVED'] as const).slice(0, 1 + draw(4));
        let from: 'NEW' | (typeof path)[number] = 'NEW';
        for (const to of path) {
          at += draw(2880) * 60_000;
          set(at);
          await boss.run(STATUS, { input: { ticketId: ticket.id, from: month.status(from), to: month.status(to) } });
          if (draw(2) === 0) await recordReply(run, ticket.id);
          from = to;
        }
      }
      const end = Date.UTC(2026, 1, 1);
      set(end);
      for (const id of ids) await recordBreaches(run, id);
      const period = { from: new Date(begin).toISOString(), to: new Date(end).toISOString() };

      let met = 0;
      let breached = 0;
      let elapsed = 0;
      for (const id of ids) {
        const { ticket } = await boss.run(CLOCKS, { id });
        for (const clock of ticket.slaClocks as { stoppedAt: string | null; breachedAt: string | null; ledger: Line[] }[]) {
          if (clock.breachedAt) breached += 1;
          else if (clock.stoppedAt) met += 1;
          if (clock.stoppedAt) elapsed += counted(clock.ledger);
        }
      }
      expect(met).toBeGreaterThan(5);
      expect(breached).toBeGreaterThan(5);
      const sum = (rows: readonly Row[], field: 'met' | 'breached' | 'elapsedMs') => rows.reduce((total, row) => total + row[field], 0);
      for (const by of ['METRIC', 'POLICY', 'PRIORITY', 'TEAM', 'TOPIC', 'OPERATOR', 'DAY']) {
        const { slaReport } = await boss.run(REPORT, { ...period, by });
        expect([sum(slaReport, 'met'), sum(slaReport, 'breached'), sum(slaReport, 'elapsedMs')], by).toEqual([met, breached, elapsed]);
      }
      const own = (await supervisor.run(REPORT, { ...period, by: 'TEAM' })).slaReport as Row[];
      const all = (await boss.run(REPORT, { ...period, by: 'TEAM' })).slaReport as Row[];
      expect(own).toEqual(all.filter(({ key }) => key === teams[0]));
      const empty = await boss.run(REPORT, { from: '2020-01-01T00:00:00Z', to: '2020-02-01T00:00:00Z', by: 'METRIC' });
      expect(empty.slaReport).toEqual([]);
      const byDay = (await boss.run(REPORT, { ...period, by: 'DAY', timeZone: 'Asia/Kolkata' })).slaReport as Row[];
      expect(new Set(byDay.map(({ key }) => key)).size).toBeGreaterThan(5);
      expect(byDay.every(({ key }) => /^2026-0[12]-\d\d$/.test(key ?? ''))).toBe(true);
      for (const timeZone of ['Nowhere/Land', '+02:00'])
        expect((await boss.ask(REPORT, { ...period, by: 'DAY', timeZone })).errors).toMatchObject([
          { extensions: { code: 'INVALID_INPUT' } },
        ]);
      const wrong = await boss.ask(REPORT, { from: period.to, to: period.from, by: 'METRIC' });
      expect(wrong.errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
    } finally {
      await month.close();
    }
  });
});

it('knows when each zone’s clocks change, as the platform’s wall clock shows', () => {
  for (const zone of [
    'Europe/Kyiv',
    'America/Sao_Paulo',
    'Africa/Casablanca',
    'Australia/Lord_Howe',
    'Asia/Tehran',
    'Pacific/Apia',
    'UTC',
  ]) {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    const offsets = zoneOffsets(zone);
    const read = (at: number) => {
      const [, sign = '+', hours = '0', minutes = '0'] = /GMT(?:([+-])(\d+):(\d+))?/.exec(format.format(at)) ?? [];
      return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
    };
    for (let at = Date.UTC(2001, 0, 1); at < Date.UTC(2040, 0, 1); at += 13 * 86_400_000) {
      expect(offsets.findLast(({ from }) => from <= at)?.offsetMs, `${zone} at ${new Date(at).toISOString()}`).toBe(read(at));
    }
  }
});
