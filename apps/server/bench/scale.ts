// npm run bench:scale: lists, counts, search, opening and editing with ten thousand and with a million tickets; the queue
// against hand-written SQL behind bare HTTP, and an edit against pgbench running the same statements.
import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@baton/launcher/postgres';
import { openDesk } from '../src/desk.ts';
import { viewerOf, Member } from '../src/domains/identity/index.ts';
import { createWorkspace } from '../src/domains/onboarding/index.ts';
import { createMember } from '../src/domains/onboarding/index.ts';
import { searchTickets } from '../src/domains/search/search-tickets.ts';
import { changeStatus, findTicket } from '../src/domains/tickets/index.ts';
import { countTickets, cursorOf, findTickets } from '../src/domains/views/find-tickets.ts';
import { TicketOrder, type TicketFilter } from '../src/domains/views/index.ts';
import { hashSecret } from '../src/platform/keys.ts';
import { createLogger } from '../src/platform/logger.ts';
import { newId } from '../src/kernel/id.ts';

const quick = process.argv.includes('--quick');
/** The rates alone, on the small desk: for whoever works on them. */
const ratesAlone = process.argv.includes('--rates');
const sizes = ratesAlone ? ([10_000] as const) : ([10_000, 1_000_000] as const);
const rounds = quick ? 20 : 60;
const seconds = quick ? 6 : 20;
const connections = 32;
const secret = `baton_${crypto.randomUUID()}`;

const tell = (text: string) => process.stderr.write(`${text}\n`);
const open: TicketFilter['categories'] = ['NEW', 'OPEN', 'IN_PROGRESS', 'WAITING'];

/** A desk with so many tickets, of which a fixed share is open, as a desk that was used for years. */
async function openWorld(tickets: number) {
  const postgres = await startPostgres({ ephemeral: true });
  const desk = await openDesk({ databaseUrl: postgres.url(), redisUrl: null, databasePool: 4, resumeDays: 7 }, createLogger('silent'));
  const em = desk.orm.em.fork();
  const at = new Date();
  const workspace = await em.transactional((tx) => createWorkspace(tx, { name: 'Bench', slug: 'bench', demo: false, at }));
  const workspaceId = workspace.id;
  const boss = await createMember(em, {
    workspaceId,
    name: 'Boss',
    email: 'boss@bench.test',
    password: 'correct horse',
    role: 'SUPERVISOR',
    at,
  });
  const run = (sql: string, parameters: unknown[] = []) => em.execute(sql, parameters);
  await run(
    `insert into access_token (workspace_id, id, member_id, name, token_hash, hint, created_at) values (?, ?, ?, 'bench', ?, 'baton_b', now())`,
    [workspaceId, newId(), boss.id, hashSecret(secret)],
  );
  await run(`insert into team (workspace_id, id, name) select ?, gen_random_uuid(), 'Team ' || n from generate_series(1, 5) n`, [
    workspaceId,
  ]);
  await run(
    `insert into member (workspace_id, id, kind, name, email, role, all_teams, active, locale, created_at)
     select ?, gen_random_uuid(), 'MACHINE', 'Operator ' || n, 'o' || n || '@bench.test', 'AGENT', false, true, 'en', now() from generate_series(1, 50) n`,
    [workspaceId],
  );
  await run(
    `insert into topic (workspace_id, id, name, place) select ?, gen_random_uuid(), jsonb_build_object('en', 'Topic ' || n), n from generate_series(1, 10) n`,
    [workspaceId],
  );
  await run(`insert into tag (workspace_id, id, name) select ?, gen_random_uuid(), 'tag' || n from generate_series(1, 20) n`, [
    workspaceId,
  ]);
  await run(
    `insert into contact (workspace_id, id, name, email, locale, created_at)
     select ?, gen_random_uuid(), 'Client ' || n, 'client' || n || '@example.test', 'en', now() from generate_series(1, ?) n`,
    [workspaceId, tickets / 10],
  );
  // What search needs is written once the rows are there: an index grows faster whole.
  await run('drop index ticket_search_words_index');
  await run(
    `with s as (select category, (array_agg(id order by place))[1] as id from status where workspace_id = ? group by 1),
       m as (select array_agg(id order by id) as ids from member where workspace_id = ? and role = 'AGENT'),
       e as (select array_agg(id order by id) as ids from team where workspace_id = ?),
       p as (select array_agg(id order by id) as ids from topic where workspace_id = ?),
       c as (select array_agg(id order by id) as ids from contact where workspace_id = ?),
       w as (select array['printer', 'invoice', 'refund', 'login', 'delivery', 'scanner', 'webhook', 'contract', 'barcode', 'password', 'charge', 'map', 'tablet',
         'import', 'training', 'warehouse', 'принтер', 'рахунок', 'посилка', 'пароль', 'договір', 'сканер', 'клієнт', 'оплата'] as words)
     insert into ticket (workspace_id, id, number, subject, description, status_id, category, priority, topic_id, assignee_id, team_id, requester_id, source,
       version, created_at, updated_at, status_since, due_at)
     select ?, gen_random_uuid(), n, w.words[1 + n % 24] || ' ' || w.words[1 + (n / 7) % 24] || ' number' || n,
       '<p>About the ' || w.words[1 + (n / 3) % 24] || ', again. ' || case when n % 997 = 0 then 'A zeppelin. ' else '' end || 'Reference ' || md5(n::text) || '</p>',
       s.id, s.category, (array['LOW', 'NORMAL', 'NORMAL', 'HIGH', 'CRITICAL'])[1 + n % 5], p.ids[1 + n % 10],
       case when n % 10 < 8 then m.ids[1 + n % 50] end, e.ids[1 + n % 5], c.ids[1 + n % cardinality(c.ids)], 'API', 1,
       now() - (? - n) * interval '20 seconds', now() - (? - n) * interval '20 seconds', now() - (? - n) * interval '20 seconds',
       case when n % 100 = 0 then now() + (n % 7200 - 3600) * interval '1 second' end
     from generate_series(1, ?) n cross join m cross join e cross join p cross join c cross join w
     join s on s.category = case when n % 100 = 0 then (array['NEW', 'OPEN', 'IN_PROGRESS', 'WAITING'])[1 + (n / 100) % 4] else 'CLOSED' end`,
    [workspaceId, workspaceId, workspaceId, workspaceId, workspaceId, workspaceId, tickets, tickets, tickets, tickets],
  );
  await run(
    `insert into ticket_tag (workspace_id, ticket_id, tag_id) select t.workspace_id, t.id, g.ids[1 + t.number % 20] from ticket t
     cross join (select array_agg(id order by id) as ids from tag where workspace_id = ?) g where t.workspace_id = ?`,
    [workspaceId, workspaceId],
  );
  await run(
    `insert into ticket_search (workspace_id, ticket_id, number, words)
     select workspace_id, id, number, setweight(to_tsvector('english', subject), 'A') || setweight(to_tsvector('english', search_rich(description)), 'C') from ticket`,
  );
  await run('create index ticket_search_words_index on ticket_search using gin (workspace_id, words)');
  await run(
    `insert into search_word (workspace_id, word) select ?, word from (select distinct (ts_stat('select words from ticket_search where number <= 20000')).word) s where word ~ '^[[:alpha:]]{4,30}$'`,
    [workspaceId],
  );
  await run('update ticket_counter set last_number = ? where workspace_id = ?', [tickets, workspaceId]);
  await run('vacuum analyze');
  const viewer = await viewerOf(em, await em.findOneOrFail(Member, { workspaceId, id: boss.id }));
  const scope = () => desk.scopeFor(viewer);
  const openIds = (await run(`select id from ticket where workspace_id = ? and category = 'OPEN' order by id limit 5000`, [
    workspaceId,
  ])) as { id: string }[];
  const statuses = (await run(`select category, id from status where workspace_id = ? and category in ('OPEN', 'IN_PROGRESS')`, [
    workspaceId,
  ])) as { category: string; id: string }[];
  const statusOf = (category: string) => statuses.find((one) => one.category === category)?.id ?? '';
  return { postgres, desk, workspaceId, scope, openIds: openIds.map(({ id }) => id), statusOf };
}

type World = Awaited<ReturnType<typeof openWorld>>;

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
    const far = (await findTickets(scope(), { filter, order, first: 1, offset: depthOf(filter) })).tickets[0];
    const after = far && cursorOf(order, far);
    measured[`deep: ${name}`] = await timed(() => findTickets(scope(), { filter, order, first: 50, after }));
    measured[`count: ${name}`] = await timed(() => countTickets(scope(), filter));
  }
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

async function serve(kind: string, { postgres, workspaceId }: World): Promise<{ server: ChildProcess; port: number }> {
  const server = fork(new URL('scale-server.js', import.meta.url), [kind], {
    env: { ...process.env, DATABASE_URL: postgres.url(), WORKSPACE_ID: workspaceId, NODE_ENV: 'production' },
  });
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  return { server, port };
}

/** How many requests a second 32 connections get answered. */
async function rate(port: number, bodyOf: () => string | null): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      const body = bodyOf();
      const headers = body === null ? {} : { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
      const asked = request(
        { port, host: '127.0.0.1', path: '/graphql', method: body === null ? 'GET' : 'POST', agent, headers },
        (response) => {
          let answer = '';
          response.on('data', (chunk: Buffer) => (answer += String(chunk)));
          response.on('end', () => {
            const failed = response.statusCode !== 200 || answer.includes('"errors"') || /"userErrors":\[\{/.test(answer);
            if (failed) reject(new Error(`it answered ${response.statusCode}: ${answer.slice(0, 300)}`));
            else resolve();
          });
        },
      );
      asked.on('error', reject);
      asked.end(body ?? undefined);
    });
  for (let warm = 0; warm < 50; warm++) await ask();
  const end = performance.now() + seconds * 1000;
  let answered = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < end) {
        await ask();
        answered += 1;
      }
    }),
  );
  agent.destroy();
  return answered / seconds;
}

const queueBody = JSON.stringify({
  query: `query Queue { tickets(filter: { categories: [NEW, OPEN, IN_PROGRESS, WAITING] }, order: UPDATED, first: 50) {
    edges { node { id number subject priority updatedAt status { id } assignee { id name } topic { id name } tags { id name } } } } }`,
});

/** Statuses there and back again, each ticket by one connection at a time. */
function editBodies({ openIds, statusOf }: World): () => string {
  const [here, there] = [statusOf('OPEN'), statusOf('IN_PROGRESS')];
  let turn = 0;
  const moved = new Set<string>();
  return () => {
    const ticketId = openIds[turn++ % openIds.length] ?? '';
    const [from, to] = moved.delete(ticketId) ? [there, here] : (moved.add(ticketId), [here, there]);
    const query = `mutation Edit($input: TicketSetStatusInput!) { ticketSetStatus(input: $input) { ticket { id version } userErrors { ... on UserError { message } } } }`;
    return JSON.stringify({ query, variables: { input: { ticketId, from, to } } });
  };
}

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

const [small = {}, big = {}] = measured;
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
      { small: small[name], big: big[name], growth: round((big[name]?.median ?? 0) / (small[name]?.median || 1)) },
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
    console.log(`${name.padEnd(36)} ${cell(small[name])}${cell(big[name])}   ${result.times[name]?.growth.toFixed(2)}`);
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
