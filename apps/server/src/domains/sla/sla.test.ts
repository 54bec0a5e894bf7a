import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';
import { recordBreaches, recordReply } from './index.ts';

const CLOCKS = `query ($id: ID!) { ticket(id: $id) { dueAt slaClocks { metric state targetMs elapsedMs runningSince dueAt breachedAt stoppedAt } activity { edges { node { type } } } } }`;
const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { userErrors { ... on UserError { code } } } }`;
const EDIT = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { userErrors { ... on UserError { code } } } }`;

const minute = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');
let world: World;
let boss: Person;

beforeAll(async () => {
  world = await World.open();
  boss = await world.person('SUPERVISOR');
});
beforeEach(() => at(0));
afterAll(() => world.close());

/** Minutes after the start. Times below are of this clock; the desk looks at no other. */
function at(minutes: number): void {
  world.time.now = new Date(start + minutes * minute);
}
const instant = (minutes: number) => new Date(start + minutes * minute).toISOString();
const clocks = async (id: string) => {
  const { ticket } = await boss.run(CLOCKS, { id });
  const of = (metric: string) => ticket.slaClocks.find((clock: { metric: string }) => clock.metric === metric);
  return { ticket, response: of('FIRST_RESPONSE'), resolution: of('RESOLUTION') };
};
const move = (ticketId: string, from: 'NEW' | 'OPEN' | 'WAITING' | 'RESOLVED' | 'SPAM', to: 'OPEN' | 'WAITING' | 'RESOLVED' | 'SPAM') =>
  boss.run(STATUS, { input: { ticketId, from: world.status(from), to: world.status(to) } });

it('starts both clocks with the ticket, by its priority', async () => {
  const { id } = await world.ticket({ priority: 'CRITICAL' });

  const { ticket, response, resolution } = await clocks(id);

  expect(response).toMatchObject({ state: 'RUNNING', targetMs: 30 * minute, dueAt: instant(30) });
  expect(resolution).toMatchObject({ state: 'RUNNING', targetMs: 240 * minute, dueAt: instant(240) });
  expect(ticket.dueAt).toBe(instant(30));
});

it('stands while the ticket waits, keeps what has elapsed, and goes on after', async () => {
  const { id } = await world.ticket({ priority: 'CRITICAL' });
  at(10);
  await move(id, 'NEW', 'WAITING');
  const waiting = await clocks(id);
  at(100);
  await move(id, 'WAITING', 'OPEN');
  const open = await clocks(id);

  expect(waiting.response).toMatchObject({ state: 'PAUSED', elapsedMs: 10 * minute, dueAt: null });
  expect(waiting.ticket.dueAt).toBeNull();
  expect(open.response).toMatchObject({ state: 'RUNNING', dueAt: instant(120) });
});

it('meets the resolution when resolved, and resumes the same cycle when reopened', async () => {
  const { id } = await world.ticket({ priority: 'CRITICAL' });
  at(20);
  await move(id, 'NEW', 'RESOLVED');
  const resolved = await clocks(id);
  at(500);
  await move(id, 'RESOLVED', 'OPEN');

  expect(resolved.resolution).toMatchObject({ state: 'MET', stoppedAt: instant(20), elapsedMs: 20 * minute });
  expect((await clocks(id)).resolution).toMatchObject({ state: 'RUNNING', dueAt: instant(720) });
});

it('does not take resolving for an answer to the client', async () => {
  const { id } = await world.ticket({ priority: 'CRITICAL' });
  at(5);
  await move(id, 'NEW', 'RESOLVED');

  expect((await clocks(id)).response).toMatchObject({ state: 'PAUSED', stoppedAt: null });
});

it('keeps a met first response met, whatever comes after', async () => {
  const { id } = await world.ticket({ priority: 'CRITICAL' });
  at(10);
  await recordReply(world.desk.systemScope(world.workspaceId), id);
  at(20);
  await move(id, 'NEW', 'WAITING');
  at(300);
  await move(id, 'WAITING', 'OPEN');

  expect((await clocks(id)).response).toMatchObject({ state: 'MET', stoppedAt: instant(10) });
});

it('re-targets by priority from the true start, and records a breach that this makes', async () => {
  const { id } = await world.ticket({ priority: 'NORMAL' });
  at(60);
  await boss.run(EDIT, { input: { ticketId: id, priority: { from: 'NORMAL', to: 'CRITICAL' } } });

  const { response, resolution } = await clocks(id);

  expect(response).toMatchObject({ state: 'BREACHED', breachedAt: instant(60) });
  expect(resolution).toMatchObject({ state: 'RUNNING', dueAt: instant(240) });
});

it('cancels the clocks of spam and runs them again when it was none', async () => {
  const { id } = await world.ticket({ priority: 'CRITICAL' });
  at(5);
  await move(id, 'NEW', 'SPAM');
  const spam = await clocks(id);
  at(50);
  await move(id, 'SPAM', 'OPEN');

  expect([spam.response.state, spam.resolution.state]).toEqual(['CANCELLED', 'CANCELLED']);
  expect((await clocks(id)).response).toMatchObject({ state: 'RUNNING', dueAt: instant(75) });
});

it('records a breach exactly once, at its instant, with any number of watchers', async () => {
  const { id } = await world.ticket({ priority: 'CRITICAL' });
  at(31);

  await Promise.all(Array.from({ length: 5 }, () => recordBreaches(world.desk.systemScope(world.workspaceId), id)));

  const { ticket, response } = await clocks(id);
  expect(response).toMatchObject({ state: 'BREACHED', breachedAt: instant(30) });
  expect(ticket.activity.edges.filter(({ node }: { node: { type: string } }) => node.type === 'sla.breached')).toHaveLength(1);
  expect(ticket.dueAt).toBe(instant(30));
});

it('notices a breach by itself', async () => {
  const { id } = await world.ticket({ priority: 'CRITICAL' });
  at(31);

  await waitFor(async () => (await clocks(id)).response.state === 'BREACHED', 'the breach to be noticed');
});
