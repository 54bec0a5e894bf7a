import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor, World, type Person } from '../../testing/world.ts';

const STATUS = `mutation ($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { userErrors { ... on UserError { code message } } } }`;
const SNOOZE = `mutation ($input: TicketSnoozeInput!) { ticketSnooze(input: $input) { userErrors { ... on UserError { code } } } }`;
const MERGE = `mutation ($input: TicketMergeInput!) { ticketMerge(input: $input) { userErrors { ... on UserError { code message } } } }`;
const ASSIGN = `mutation ($input: TicketAssignInput!) { ticketAssign(input: $input) { userErrors { ... on UserError { code } } } }`;
const DELETE = `mutation ($id: ID!) { ticketDelete(input: { ticketId: $id }) { deletedId } }`;
const SPAM_REMOVE = `mutation ($input: TicketSpamRemoveInput!) { ticketSpamRemove(input: $input) { ticket { status { category } } userErrors { ... on UserError { code } } } }`;
const BOARD = `query ($since: DateTimeISO!) { board(since: $since) { open unassigned dueSoon late byStatus { count late } byPriority { count late } byTeam { count late } byTopic { count late } byOperator { count late } arrivals { today } resolutions { today } } }`;
const VIEWS = `{ views { key tickets(first: 100) { totalCount edges { node { id } } } } }`;
const COUNTS = `subscription { viewCountsChanged { viewId count } }`;
const VIEW_IDS = `{ views { id key } }`;
const COUNT = `query ($filter: TicketFilterInput!) { tickets(first: 1, filter: $filter, order: NUMBER) { totalCount } }`;
const REPORT = `query ($from: DateTimeISO!, $to: DateTimeISO!, $by: SlaReportGrouping!) { slaReport(from: $from, to: $to, by: $by) { met breached } }`;

const minute = 60_000;
const start = Date.parse('2026-03-02T08:00:00Z');
let world: World;
let admin: Person;

beforeAll(async () => {
  world = await World.open();
  admin = await world.person('ADMIN');
});
afterAll(() => world.close());

const at = (minutes: number) => (world.time.now = new Date(start + minutes * minute));
const instant = (minutes: number) => new Date(start + minutes * minute).toISOString();

type Category = 'NEW' | 'OPEN' | 'WAITING' | 'RESOLVED' | 'CLOSED' | 'SPAM';

interface Model {
  readonly id: string;
  category: Category;
  assigned: boolean;
  snoozed: boolean;
  merged: boolean;
  deleted: boolean;
  resolvedAt: number | null;
}

async function move(ticket: Model, to: Category, now: number): Promise<void> {
  await admin.run(STATUS, { input: { ticketId: ticket.id, from: world.status(ticket.category), to: world.status(to) } });
  const done = ['RESOLVED', 'CLOSED'];
  if (!done.includes(to)) ticket.resolvedAt = null;
  else if (!done.includes(ticket.category)) ticket.resolvedAt = now;
  ticket.category = to;
}

it('shows the same figures on the dashboard, in the sidebar, in lists and in the report, after generated changes', async () => {
  const agent = await world.person('AGENT');
  const contact = await world.contact();
  const teams = [await world.team(), await world.team()];
  let state = 5;
  const draw = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
  const pick = <One>(list: readonly One[]) => list[draw(list.length)] as One;
  const tickets: Model[] = [];
  let now = 0;
  at(now);
  for (let index = 0; index < 40; index++) {
    const priority = pick(['LOW', 'NORMAL', 'HIGH', 'CRITICAL'] as const);
    const { id } = await world.ticket({ priority, teamId: pick(teams), requesterId: contact.id });
    tickets.push({ id, category: 'NEW', assigned: false, snoozed: false, merged: false, deleted: false, resolvedAt: null });
    at((now += 1));
  }
  const ids = (await admin.run(VIEW_IDS)).views as { id: string; key: string }[];
  const sidebar = admin.follow(COUNTS);
  await sidebar.begun();
  for (let step = 0; step < 90; step++) {
    at((now += 3));
    const ticket = pick(tickets.filter(({ merged, deleted }) => !merged && !deleted));
    const act = draw(8);
    if (act < 4) await move(ticket, pick(['OPEN', 'WAITING', 'RESOLVED', 'CLOSED', 'SPAM'] as const), now);
    else if (act === 4) {
      const to = ticket.assigned ? null : agent.id;
      await admin.run(ASSIGN, { input: { ticketId: ticket.id, from: ticket.assigned ? agent.id : null, to } });
      ticket.assigned = !ticket.assigned;
    } else if (act === 5) {
      await admin.run(SNOOZE, { input: { ticketId: ticket.id, until: ticket.snoozed ? null : instant(now + 1440) } });
      ticket.snoozed = !ticket.snoozed;
    } else if (act === 6 && step % 3 === 0) {
      const destination = pick(tickets.filter((one) => one !== ticket && !one.merged && !one.deleted));
      await admin.run(MERGE, { input: { sourceId: ticket.id, destinationId: destination.id } });
      Object.assign(ticket, { merged: true, category: 'CLOSED', resolvedAt: ticket.resolvedAt ?? now });
    } else if (act === 7 && step % 5 === 0) {
      await admin.run(DELETE, { id: ticket.id });
      ticket.deleted = true;
    }
  }

  const counted = tickets.filter(({ merged, deleted, category }) => !merged && !deleted && category !== 'SPAM');
  const open = counted.filter(({ category, snoozed }) => !['RESOLVED', 'CLOSED'].includes(category) && !snoozed);
  const rows = await world.sql<{ id: string; due: number | null }>(
    'select id, extract(epoch from due_at)::float8 * 1000 as due from ticket',
  );
  const due = new Map(rows.map((row) => [row.id, row.due === null ? Infinity : row.due]));
  const late = open.filter(({ id }) => (due.get(id) ?? Infinity) <= start + now * minute);
  const soon = open.filter((one) => !late.includes(one) && (due.get(one.id) ?? Infinity) <= start + (now + 30) * minute);
  const resolved = counted.filter(({ resolvedAt }) => resolvedAt !== null);
  const unassigned = open.filter(({ assigned }) => !assigned);
  for (const part of [late, resolved, unassigned, tickets.filter(({ merged }) => merged), tickets.filter(({ snoozed }) => snoozed)])
    expect(part.length).toBeGreaterThan(1);

  const { board } = await admin.run(BOARD, { since: instant(0) });
  expect(board).toMatchObject({
    open: open.length,
    unassigned: unassigned.length,
    late: late.length,
    dueSoon: soon.length,
    arrivals: { today: counted.length },
    resolutions: { today: resolved.length },
  });
  const sum = (list: readonly { readonly count: number; readonly late: number }[]) =>
    list.reduce((total, one) => [total[0] + one.count, total[1] + one.late] as const, [0, 0] as readonly [number, number]);
  for (const part of ['byStatus', 'byPriority', 'byTeam', 'byTopic']) expect(sum(board[part]), part).toEqual([open.length, late.length]);
  expect(sum(board.byOperator)[0]).toBe(open.length - unassigned.length);

  const expected: Record<string, number> = {
    open: open.length,
    unassigned: unassigned.length,
    queue: unassigned.filter(({ category }) => category !== 'WAITING').length,
    waiting: open.filter(({ category }) => category === 'WAITING').length,
    overdue: late.length,
    breaching: soon.length,
    closed: resolved.length,
    snoozed: counted.filter(({ category, snoozed }) => !['RESOLVED', 'CLOSED'].includes(category) && snoozed).length,
    spam: tickets.filter(({ category, merged, deleted }) => category === 'SPAM' && !merged && !deleted).length,
  };
  const { views } = await admin.run(VIEWS);
  const listed = Object.fromEntries(views.map(({ key, tickets: page }: (typeof views)[number]) => [key, page.totalCount]));
  expect(listed).toMatchObject(expected);
  await waitFor(() => {
    const latest = sidebar.received.at(-1)?.viewCountsChanged as { viewId: string; count: number }[];
    return Object.entries(expected).every(
      ([key, count]) => latest.find(({ viewId }) => viewId === ids.find((view) => view.key === key)?.id)?.count === count,
    );
  }, 'the counts of the sidebar to be those of the lists');
  const count = async (filter: object) => (await admin.run(COUNT, { filter })).tickets.totalCount;
  const { created, resolved: ended } = { created: { from: instant(0) }, resolved: { from: instant(0) } };
  expect(await count({ created, merged: false, not: { categories: ['SPAM'] } })).toBe(board.arrivals.today);
  expect(await count({ resolved: ended, merged: false })).toBe(board.resolutions.today);

  // The report counts the clocks of the same tickets, whatever it is grouped by.
  const [clocks] = await world.sql<{ met: number; breached: number }>(
    `select count(*) filter (where breached_at is null)::int as met, count(*) filter (where breached_at is not null)::int as breached from sla_clock
     where ticket_id = any(?::uuid[]) and cancelled_at is null and target_ms is not null and coalesce(stopped_at, breached_at) is not null`,
    [`{${counted.map(({ id }) => id).join(',')}}`],
  );
  for (const by of ['METRIC', 'TEAM', 'PRIORITY', 'DAY']) {
    const { slaReport } = await admin.run(REPORT, { from: instant(-1), to: instant(now + 1), by });
    const total = (figure: 'met' | 'breached') =>
      slaReport.reduce((all: number, row: { met: number; breached: number }) => all + row[figure], 0);
    expect({ met: total('met'), breached: total('breached') }, by).toEqual(clocks);
  }
});

it('returns a ticket that is no spam to the status that it had, and its clocks to their time', async () => {
  at(0);
  for (const before of ['NEW', 'WAITING', 'RESOLVED'] as const) {
    const { id } = await world.ticket();
    const ticket: Model = { id, category: 'NEW', assigned: false, snoozed: false, merged: false, deleted: false, resolvedAt: null };
    if (before !== 'NEW') await move(ticket, before, 0);
    await move(ticket, 'SPAM', 0);
    const { ticketSpamRemove } = await admin.run(SPAM_REMOVE, { input: { ticketId: id } });
    const again = await admin.run(SPAM_REMOVE, { input: { ticketId: id } });

    expect(ticketSpamRemove).toEqual({ ticket: { status: { category: before } }, userErrors: [] });
    expect(again.ticketSpamRemove.ticket).toEqual({ status: { category: before } });
    const { ticket: clocks } = await admin.run(`query ($id: ID!) { ticket(id: $id) { resolvedAt slaClocks { metric state } } }`, { id });
    const state = { NEW: 'RUNNING', WAITING: 'PAUSED', RESOLVED: 'MET' }[before];
    expect(clocks.slaClocks).toContainEqual({ metric: 'RESOLUTION', state });
    expect(clocks.resolvedAt !== null).toBe(before === 'RESOLVED');
  }
});
