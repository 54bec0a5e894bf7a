import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { World, type Person } from '../../testing/world.ts';
import { recordBreaches } from './index.ts';

const POLICY = `mutation ($input: SlaPolicySaveInput!) { slaPolicySave(input: $input) { policy { id } userErrors { ... on UserError { code message } } } }`;
const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { code message } } } }`;
const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { userErrors { ... on UserError { code message } } } }`;
const TAG = `mutation ($input: TicketTagInput!) { ticketTag(input: $input) { userErrors { ... on UserError { code message } } } }`;
const CLOCKS = `query ($id: ID!) { ticket(id: $id) { dueAt slaClocks { metric state dueAt breachedAt targetMs elapsedMs } activity(last: 100) { edges { node { type } } } } }`;
const REPORT = `query ($from: DateTimeISO!, $to: DateTimeISO!) { slaReport(from: $from, to: $to) { metric met breached } }`;
const LIST = `query ($filter: TicketFilterInput!) { tickets(first: 100, order: DUE, filter: $filter) { edges { node { id dueAt } } } }`;
const BOARD = `query ($since: DateTimeISO!) { board(since: $since) { late worst { id } } }`;

const minute = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');
let world: World;
let admin: Person;
let topicId: string;

beforeAll(async () => {
  world = await World.open();
  admin = await world.person('ADMIN');
  topicId = await world.topic('Printers');
  const target = (priority: string, amount: number) => ({ metric: 'RESOLUTION', priority, amount, unit: 'HOURS' });
  const { slaPolicySave } = await admin.run(POLICY, {
    input: {
      name: 'Printers',
      conditions: { topicIds: [topicId] },
      targets: [target('NORMAL', 8), target('HIGH', 1)],
      warning: { share: 0.75, beforeMinutes: 15 },
    },
  });
  expect(slaPolicySave.userErrors).toEqual([]);
});
afterEach(() => (world.time.now = null));
afterAll(() => world.close());

const at = (minutes: number) => (world.time.now = new Date(start + minutes * minute));
const instant = (minutes: number) => new Date(start + minutes * minute).toISOString();
const settle = (id: string) => recordBreaches(world.desk.systemScope(world.workspaceId), id);

async function look(id: string) {
  const { ticket } = await admin.run(CLOCKS, { id });
  const { tickets } = await admin.run(LIST, { filter: { categories: ['NEW', 'OPEN'], dueWithinMinutes: 0 } });
  const { board } = await admin.run(BOARD, { since: instant(-600) });
  return {
    dueAt: ticket.dueAt,
    resolution: ticket.slaClocks.find(({ metric }: { metric: string }) => metric === 'RESOLUTION'),
    breaches: ticket.activity.edges.filter(({ node }: { node: { type: string } }) => node.type === 'sla.breached').length,
    isListedOverdue: tickets.edges.some(({ node }: { node: { id: string } }) => node.id === id),
    overdueOnDashboard: board.late,
  };
}

async function setPriority(ticketId: string, from: string, to: string) {
  const { ticketEdit } = await admin.run(EDIT, { input: { ticketId, priority: { from, to } } });
  expect(ticketEdit.userErrors).toEqual([]);
  await settle(ticketId);
}

it('is due again, everywhere, when a raised priority goes back and time is left; the breach stays in the log and the report', async () => {
  at(0);
  const { id } = await world.ticket({ topicId, priority: 'NORMAL' });
  at(180);
  await setPriority(id, 'NORMAL', 'HIGH');
  const raised = await look(id);
  at(185);
  await setPriority(id, 'HIGH', 'NORMAL');
  const back = await look(id);

  expect(raised).toMatchObject({
    resolution: { state: 'BREACHED', breachedAt: instant(180) },
    // The instant at which the present target was reached, not the instant of the change.
    dueAt: instant(60),
    breaches: 1,
    isListedOverdue: true,
    overdueOnDashboard: 1,
  });
  expect(back).toMatchObject({
    resolution: { state: 'RUNNING', dueAt: instant(480), breachedAt: instant(180) },
    dueAt: instant(480),
    breaches: 1,
    isListedOverdue: false,
    overdueOnDashboard: 0,
  });

  at(481);
  await settle(id);
  const late = await look(id);
  expect(late).toMatchObject({
    resolution: { state: 'BREACHED', dueAt: instant(480), breachedAt: instant(180) },
    dueAt: instant(480),
    // One breach per ticket, metric and cycle.
    breaches: 1,
    isListedOverdue: true,
    overdueOnDashboard: 1,
  });
  await admin.run(STATUS, { input: { ticketId: id, from: world.status('NEW'), to: world.status('RESOLVED') } });
  const { slaReport } = await admin.run(REPORT, { from: instant(0), to: instant(600) });
  expect(slaReport).toContainEqual({ metric: 'RESOLUTION', met: 0, breached: 1 });
});

it('reports a recorded breach also where the present target was met in the end', async () => {
  at(1000);
  const { id } = await world.ticket({ topicId, priority: 'NORMAL' });
  at(1180);
  await setPriority(id, 'NORMAL', 'HIGH');
  await setPriority(id, 'HIGH', 'NORMAL');
  at(1200);
  await admin.run(STATUS, { input: { ticketId: id, from: world.status('NEW'), to: world.status('RESOLVED') } });

  expect((await look(id)).resolution).toMatchObject({ state: 'MET', breachedAt: instant(1180) });
  const { slaReport } = await admin.run(REPORT, { from: instant(1000), to: instant(1600) });
  expect(slaReport).toContainEqual({ metric: 'RESOLUTION', met: 0, breached: 1 });
});

it('counts the pauses before the change when it works out since when a ticket is overdue', async () => {
  at(2000);
  const { id } = await world.ticket({ topicId, priority: 'NORMAL' });
  at(2030);
  await admin.run(STATUS, { input: { ticketId: id, from: world.status('NEW'), to: world.status('WAITING') } });
  at(2090);
  await admin.run(STATUS, { input: { ticketId: id, from: world.status('WAITING'), to: world.status('OPEN') } });
  at(2200);
  await setPriority(id, 'NORMAL', 'HIGH');

  // 30 minutes before the pause, 30 minutes after it.
  expect(await look(id)).toMatchObject({ dueAt: instant(2120), resolution: { state: 'BREACHED', dueAt: instant(2120) } });
});

it('records nothing when 49 tags follow a change of the policy', async () => {
  at(3000);
  const other = await world.topic('Scanners');
  await admin.run(POLICY, {
    input: {
      name: 'Scanners',
      conditions: { topicIds: [other] },
      targets: [{ metric: 'RESOLUTION', priority: 'NORMAL', amount: 5, unit: 'HOURS' }],
      warning: { share: 0.75, beforeMinutes: 15 },
    },
  });
  const { id } = await world.ticket({ topicId, requesterId: (await world.contact()).id });
  at(3010);
  await admin.run(`mutation ($input: ReplySendInput!) { replySend(input: $input) { userErrors { ... on UserError { code } } } }`, {
    input: { ticketId: id, body: '<p>Hello</p>' },
  });
  await admin.run(EDIT, { input: { ticketId: id, topicId: { from: topicId, to: other } } });
  const segments = () => world.sql<{ count: number }>('select count(*)::int as count from sla_segment where ticket_id = ?', [id]);
  const before = await segments();
  for (let index = 0; index < 49; index++) {
    at(3020 + index);
    await admin.run(TAG, { input: { ticketId: id, add: [`tag ${index}`] } });
  }

  const { ticket } = await admin.run(CLOCKS, { id });
  const types = ticket.activity.edges.map(({ node }: { node: { type: string } }) => node.type);
  expect(types.filter((type: string) => type === 'sla.policy_changed')).toHaveLength(1);
  expect(await segments()).toEqual(before);
});
