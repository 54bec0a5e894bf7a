// What the benchmarks of a desk share: one that is full, served by a process of its own, and somebody who asks much of it.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { startPostgres } from '@baton/launcher/postgres';
import { openDesk } from '../src/desk.ts';
import { viewerOf, Member } from '../src/domains/identity/index.ts';
import { createMember, createWorkspace } from '../src/domains/onboarding/index.ts';
import { newId } from '../src/kernel/id.ts';
import { hashSecret } from '../src/platform/keys.ts';
import { createLogger } from '../src/platform/logger.ts';
import { unlimited } from '../src/platform/orm.ts';

const secret = `baton_${crypto.randomUUID()}`;

/** A desk with so many tickets, of which a fixed share is open, as a desk that was used for years. */
export async function openWorld(tickets: number) {
  const postgres = await startPostgres({ ephemeral: true });
  const desk = await openDesk(
    { databaseUrl: postgres.url(), redisUrl: null, databasePool: 4, resumeDays: 7, databaseLimits: unlimited },
    createLogger('silent'),
  );
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
  await run('drop index ticket_search_words_index, ticket_search_pairs_index');
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
  // Operators watch some of all; the one who looks on watches a hundred open ones, however large the desk is.
  await run(
    `insert into watcher (workspace_id, ticket_id, member_id, since) select t.workspace_id, t.id, m.ids[1 + t.number % 50], now() from ticket t
     cross join (select array_agg(id order by id) as ids from member where workspace_id = ? and role = 'AGENT') m
     where t.workspace_id = ? and t.number % 5 = 0`,
    [workspaceId, workspaceId],
  );
  await run(
    `insert into watcher (workspace_id, ticket_id, member_id, since) select workspace_id, id, ?, now() from ticket
     where workspace_id = ? and number % ? = 0`,
    [boss.id, workspaceId, tickets / 100],
  );
  await run(
    `insert into ticket_search (workspace_id, ticket_id, number, words)
     select workspace_id, id, number, setweight(to_tsvector('english', subject), 'A') || setweight(to_tsvector('english', search_rich(description)), 'C') from ticket`,
  );
  await run('create index ticket_search_words_index on ticket_search using gin (workspace_id, words)');
  await run('create index ticket_search_pairs_index on ticket_search using gin (workspace_id, pairs)');
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

export type World = Awaited<ReturnType<typeof openWorld>>;

/** A server of the benchmark, as a process of its own. */
export async function serve(kind: string, { postgres, workspaceId }: World): Promise<{ server: ChildProcess; port: number }> {
  const server = fork(new URL('scale-server.js', import.meta.url), [kind], {
    env: { ...process.env, DATABASE_URL: postgres.url(), WORKSPACE_ID: workspaceId, NODE_ENV: 'production' },
  });
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  return { server, port };
}

interface Answering {
  readonly port: number;
  readonly connections: number;
  /** Until this instant of performance.now(). */
  readonly until: number;
  /** The body of the next request; null for a plain GET. */
  readonly bodyOf: () => string | null;
  /** How long each rests before it asks again, in milliseconds. */
  readonly restMs?: number;
}

/** Asks over so many connections, each again as soon as it was answered; answers how long each answer took, in milliseconds. */
export async function answering({ port, connections, until, bodyOf, restMs = 0 }: Answering): Promise<number[]> {
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
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < until) {
        const started = performance.now();
        await ask();
        times.push(performance.now() - started);
        if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
      }
    }),
  );
  agent.destroy();
  return times;
}

/** Statuses there and back again, each ticket by one connection at a time. */
export function editBodies({ openIds, statusOf }: World): () => string {
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
