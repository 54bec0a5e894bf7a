import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { World, waitFor, type Person } from '../../testing/world.ts';

const PARTS = `open unassigned dueSoon late byStatus { key count late } byPriority { key count late } byTeam { key count late } byTopic { key count } byOperator { member { id } count late online } arrivals { today usual } resolutions { today usual } worst { id }`;
const BOARD = `query ($since: DateTimeISO!) { board(since: $since) { ${PARTS} } }`;
const CHANGED = `subscription ($since: DateTimeISO!) { boardChanged(since: $since) { ${PARTS} } }`;
/** What every page of the desk follows. */
const PAGE = `subscription { presencesChanged { ticketId } }`;
const ASSIGN = `mutation ($input: TicketAssignInput!) { ticketAssign(input: $input) { ticket { id } } }`;
const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { ticket { id } } }`;

let world: World;
let boss: Person;
let team: string;
const start = Date.parse('2026-03-04T08:00:00Z');
const since = new Date('2026-03-04T00:00:00Z').toISOString();
const at = (minutes: number) => (world.time.now = new Date(start + minutes * 60_000));

function isOnline({ byOperator }: { byOperator: { member: { id: string }; online: boolean }[] }, id: string): boolean {
  return byOperator.some(({ member, online }) => member.id === id && online);
}

beforeAll(async () => {
  world = await World.open();
  team = await world.team('Mine');
  boss = await world.person('SUPERVISOR', { teams: [team] });
  await world.sql('update member set all_teams = false where id = ?', [boss.id]);
});
afterEach(() => (world.time.now = null));
afterAll(() => world.close());

it('counts what its viewer sees, against the usual, and shows the most overdue first, live', async () => {
  const other = await world.team('Theirs');
  const admin = await world.person('ADMIN');
  // A week and two weeks ago by the same time of day: one ticket each; one later in that day does not count yet.
  for (const weeks of [1, 2]) {
    at(-weeks * 7 * 1440 - 60);
    await world.ticket({ teamId: team, priority: 'LOW' });
  }
  at(-7 * 1440 + 300);
  await world.ticket({ teamId: team, priority: 'LOW' });
  at(0);
  const urgent = await world.ticket({ teamId: team, priority: 'CRITICAL' });
  await world.ticket({ teamId: other, priority: 'CRITICAL' });
  at(1);
  boss.follow(PAGE);
  const screen = boss.follow(CHANGED, { since });
  await screen.until(({ boardChanged }) => isOnline(boardChanged, boss.id));
  const first = (await boss.run(BOARD, { since })).board;
  const all = (await admin.run(BOARD, { since })).board;

  expect(first).toMatchObject({
    open: 4,
    unassigned: 4,
    dueSoon: 1,
    // The three old ones are past their seven days or their first response.
    late: 3,
    byTeam: [{ key: team, count: 4, late: 3 }],
    byTopic: [{ key: null, count: 4 }],
    byOperator: [{ member: { id: boss.id }, count: 0, late: 0, online: true }],
    arrivals: { today: 1, usual: 0.5 },
    resolutions: { today: 0, usual: 0 },
  });
  expect(first.byPriority).toEqual([
    { key: 'LOW', count: 3, late: 3 },
    { key: 'CRITICAL', count: 1, late: 0 },
  ]);
  expect(first.worst).toHaveLength(4);
  expect(first.worst.at(-1)).toEqual({ id: urgent.id });
  expect(all).toMatchObject({ open: 5, arrivals: { today: 2 } });

  await boss.run(ASSIGN, { input: { ticketId: urgent.id, from: null, to: boss.id } });
  await screen.until(({ boardChanged }) => boardChanged.byOperator[0]?.count === 1 && boardChanged.unassigned === 3);
  await boss.run(STATUS, { input: { ticketId: urgent.id, from: world.status('NEW'), to: world.status('RESOLVED') } });
  await screen.until(({ boardChanged }) => boardChanged.open === 3 && boardChanged.resolutions.today === 1);

  const agent = await world.person('AGENT', { teams: [team] });
  const theirs = agent.follow(PAGE);
  await screen.until(({ boardChanged }) => isOnline(boardChanged, agent.id));
  theirs.close();
  await screen.until(({ boardChanged }) => !isOnline(boardChanged, agent.id));
});

it('is for those who read reports', async () => {
  const agent = await world.person('AGENT', { teams: [team] });
  const stream = agent.follow(CHANGED, { since });
  await waitFor(() => stream.faults.length > 0, 'a refusal');

  expect((await agent.ask(BOARD, { since })).errors).toMatchObject([{ extensions: { code: 'NOT_PERMITTED' } }]);
  expect(stream.received).toEqual([]);
});
