// npm run bench:scale: lists, counts, search, opening and editing with ten thousand, a hundred thousand and a million tickets; the queue
// against hand-written SQL behind bare HTTP, and an edit against pgbench running the same statements.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { searchTickets } from '../src/domains/search/search-tickets.ts';
import { changeStatus, findTicket } from '../src/domains/tickets/index.ts';
import { countTickets, findTickets } from '../src/domains/views/find-tickets.ts';
import { TicketOrder, type TicketFilter } from '../src/domains/views/index.ts';
import { answering, editBodies, openWorld, serve, type World } from './full-desk.ts';

const quick = process.argv.includes('--quick');
/** The rates alone, on the small desk: for whoever works on them. */
const ratesAlone = process.argv.includes('--rates');
const sizes = ratesAlone ? [10_000] : [10_000, 100_000, 1_000_000];
const rounds = quick ? 20 : 60;
const seconds = quick ? 6 : 20;
const connections = 32;

const tell = (text: string) => process.stderr.write(`${text}\n`);
const open: TicketFilter['categories'] = ['NEW', 'OPEN', 'IN_PROGRESS', 'WAITING'];

interface Times {
  readonly median: number;
  readonly p95: number;
}

async function timed(work: (round: number) => Promise<unknown>): Promise<Times> {
  const times: number[] = [];
  for (let round = -10; round < rounds; round++) {
    const started = performance.now();
    await work(round);
    if (round >= 0) times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { median: at(0.5), p95: at(0.95) };
}

const views: Readonly<Record<string, { readonly filter: TicketFilter; readonly order: TicketOrder }>> = {
  'all open, latest first': { filter: { categories: open }, order: TicketOrder.UPDATED },
  'unassigned, next due first': { filter: { unassigned: true, categories: open }, order: TicketOrder.DUE },
  overdue: { filter: { categories: open, dueWithinMinutes: 0 }, order: TicketOrder.DUE },
  'closed, latest first': { filter: { categories: ['RESOLVED', 'CLOSED'] }, order: TicketOrder.UPDATED },
  'everything, newest first': { filter: {}, order: TicketOrder.NUMBER },
};
/** Most lists of what is open are short, whatever else there is. */
const depthOf = ({ unassigned, dueWithinMinutes, categories }: TicketFilter) =>
  unassigned || dueWithinMinutes === 0 || categories === open ? 10 : 5000;
const searches = ['zeppelin', 'printer', 'printer refund', 'прінтер', '"delivery scanner"', 'refer'];

async function measure({ scope, openIds, statusOf }: World): Promise<Record<string, Times>> {
  const measured: Record<string, Times> = {};
  for (const [name, { filter, order }] of Object.entries(views)) {
    measured[`list: ${name}`] = await timed(() => findTickets(scope(), { filter, order, first: 50 }));
    // As the page does that is scrolled: after a cursor far down.
    const page = await findTickets(scope(), { filter, order, first: 1, offset: depthOf(filter) });
    const after = page.tickets[0] && page.cursorOf(page.tickets[0]);
    measured[`deep: ${name}`] = await timed(() => findTickets(scope(), { filter, order, first: 50, after }));
    measured[`count: ${name}`] = await timed(() => countTickets(scope(), filter));
  }
  // What one person watches: a hundred of them in a desk of any size.
  const watched = { filter: { watched: true, categories: open }, order: TicketOrder.UPDATED, first: 50 };
  measured['what one watches'] = await timed(() => findTickets(scope(), watched));
  for (const text of searches) {
    measured[`search: ${text}`] = await timed(() => searchTickets(scope(), { text, filter: {}, first: 20, offset: 0 }));
  }
  measured['open a ticket'] = await timed((round) => findTicket(scope(), openIds[Math.abs(round * 7) % openIds.length] ?? ''));
  const [here, there] = [statusOf('OPEN'), statusOf('IN_PROGRESS')];
  measured['edit: status'] = await timed((round) =>
    changeStatus(scope(), { ticketId: openIds[(round + 10) % openIds.length] ?? '', from: here, to: there }).then(({ id }) =>
      changeStatus(scope(), { ticketId: id, from: there, to: here }),
    ),
  );
  return measured;
}

/** How many requests a second 32 connections get answered. */
async function rate(port: number, bodyOf: () => string | null): Promise<number> {
  await answering({ port, connections: 1, until: performance.now() + 500, bodyOf });
  return (await answering({ port, connections, until: performance.now() + seconds * 1000, bodyOf })).length / seconds;
}

const queueBody = JSON.stringify({
  query: `query Queue($filter: TicketFilterInput!) { tickets(filter: $filter, order: UPDATED, first: 50) {
    edges { node { id number subject priority updatedAt status { id } assignee { id name } topic { id name } tags { id name } } } } }`,
  variables: { filter: { categories: open } },
});

/** The rows of an edit, locked, changed and logged, by PostgreSQL's own benchmark: transactions a second. */
function pgbench({ postgres, workspaceId, openIds, statusOf }: World): number | null {
  const folder = mkdtempSync(join(tmpdir(), 'baton-scale-'));
  try {
    const script = join(folder, 'edit.sql');
    const ids = `'{${openIds.slice(0, 1000).join(',')}}'::uuid[]`;
    const mine = `workspace_id = '${workspaceId}' and id = (${ids})[:n]`;
    writeFileSync(
      script,
      `\\set n random(1, ${Math.min(1000, openIds.length)})
begin;
select * from ticket where ${mine} for update;
update ticket set status_id = '${statusOf('IN_PROGRESS')}', category = 'IN_PROGRESS', status_since = now() where ${mine};
update ticket set version = version + 1, updated_at = now() where ${mine} returning version, ticket_facets(ticket);
insert into event (workspace_id, id, type, ticket_id, ticket_version, actor_kind, member_ids, changes, at, facets)
  select workspace_id, gen_random_uuid(), 'ticket.status_changed', id, version, 'SYSTEM', '{}', '[{"field": "statusId", "from": null, "to": null}]', now(), ticket_facets(ticket)
  from ticket where ${mine};
commit;
`,
    );
    const out = execFileSync('pgbench', ['-n', '-c', String(connections), '-j', '2', '-T', String(seconds), '-f', script, postgres.url()], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number(/tps = ([\d.]+)/.exec(out)?.[1]);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const measured: Record<string, Times>[] = [];
let rates = { list: 0, sql: 0, edit: 0, pgbench: null as number | null };
for (const size of sizes) {
  tell(`${size.toLocaleString('en')} tickets: seeding`);
  const started = performance.now();
  const world = await openWorld(size);
  tell(`seeded in ${((performance.now() - started) / 1000).toFixed(0)} s; measuring`);
  if (!ratesAlone) measured.push(await measure(world));
  if (size === sizes.at(-1)) {
    const sql = await serve('sql', world);
    const bare = await rate(sql.port, () => null);
    sql.server.kill();
    const baton = await serve('baton', world);
    const list = await rate(baton.port, () => queueBody);
    const edit = await rate(baton.port, editBodies(world));
    baton.server.kill();
    rates = { list, sql: bare, edit, pgbench: pgbench(world) };
  }
  await world.desk.close();
  await world.postgres.stop();
}

const [small = {}] = measured;
const big = measured.at(-1) ?? {};
const growthOf = (prefix: string) =>
  Math.max(
    ...Object.keys(big)
      .filter((name) => name.startsWith(prefix))
      .map((name) => (big[name]?.median ?? 0) / (small[name]?.median || 1)),
  );
const round = (value: number) => Number(value.toFixed(2));
const result = {
  listVsSql: round(rates.list / rates.sql),
  editVsPgbench: rates.pgbench === null ? null : round(rates.edit / rates.pgbench),
  listGrowth: round(Math.max(growthOf('list'), growthOf('deep'))),
  editGrowth: round(growthOf('edit')),
  searchGrowth: round(growthOf('search')),
  countGrowth: round(growthOf('count')),
  rates,
  times: Object.fromEntries(
    Object.keys(big).map((name) => [
      name,
      { bySize: measured.map((of) => of[name]), growth: round((big[name]?.median ?? 0) / (small[name]?.median || 1)) },
    ]),
  ),
};
if (process.argv.includes('--json')) console.log(JSON.stringify(result));
else {
  console.log(
    `${'ms, median (95th percentile)'.padEnd(36)} ${sizes.map((size) => size.toLocaleString('en').padStart(18)).join('')}   growth`,
  );
  for (const name of Object.keys(big)) {
    const cell = (times: Times | undefined) => `${times?.median.toFixed(1)} (${times?.p95.toFixed(1)})`.padStart(18);
    console.log(`${name.padEnd(36)} ${measured.map((of) => cell(of[name])).join('')}   ${result.times[name]?.growth.toFixed(2)}`);
  }
  const { list, sql, edit, pgbench: bench } = rates;
  console.log(
    `a queue of 50, ${connections} connections: ${list.toFixed(0)} a second, bare SQL ${sql.toFixed(0)}: ${(100 * result.listVsSql).toFixed(0)} %`,
  );
  console.log(
    bench === null
      ? `an edit: ${edit.toFixed(0)} a second; pgbench is not installed on this machine`
      : `an edit, ${connections} connections: ${edit.toFixed(0)} a second, pgbench ${bench.toFixed(0)}: ${((100 * edit) / bench).toFixed(0)} %`,
  );
}
