// npm run chaos: real processes, real faults, and at the end three questions. Does every client show what a fresh load
// shows? Was every program told each event once and in order? Does the database hold what was acknowledged, and no more?
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startPostgres } from '@baton/launcher/postgres';
import { startRedis } from '@baton/launcher/redis';
import pg from 'pg';
import { createClient } from 'redis';
import { openDesk } from '../src/desk.ts';
import { AccessToken, Team, TeamMember, type Role } from '../src/domains/identity/index.ts';
import { hashSecret } from '../src/domains/identity/secret.ts';
import { createMember, createWorkspace } from '../src/domains/onboarding/index.ts';
import { createTicket, listStatuses } from '../src/domains/tickets/index.ts';
import { newId } from '../src/kernel/id.ts';
import { createLogger } from '../src/platform/logger.ts';
import { Draw, type ClientPlan } from './plan.ts';
import { Proxy } from './proxy.ts';
import { Clients, Node } from './service.ts';
import { Writer, type ModelTicket } from './writers.ts';

const option = (name: string) => process.argv.find((word) => word.startsWith(`--${name}=`))?.split('=')[1];
const quick = process.argv.includes('--quick');
const json = process.argv.includes('--json');
const rounds = Number(option('rounds') ?? (quick ? 8 : 100));
const seed = Number(option('seed') ?? Date.now() % 1_000_000);
const nodeCount = Number(option('nodes') ?? 2);
const clientCount = 200;
const writerCount = 4;
const settleMs = 30_000;

const say = (line: string) => void (json ? undefined : console.log(line));
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const draw = new Draw(seed);
const dataDir = mkdtempSync(join(tmpdir(), 'baton-chaos-'));

// With everything that makes a commit durable: an acknowledged write must survive whatever comes.
let postgres = await startPostgres({ dataDir });
let redis = await startRedis();
const sql = async <Row extends object>(query: string, parameters: unknown[] = []): Promise<Row[]> => {
  const client = new pg.Client(postgres.url());
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(query, parameters)).rows;
  } finally {
    await client.end();
  }
};

const desk = await seedDesk();
const nodes: Node[] = [];
/** Each node's own ways to PostgreSQL and to Redis. */
const ways: { readonly postgres: Proxy; readonly redis: Proxy }[] = [];
for (let index = 0; index < nodeCount; index++) {
  const way = {
    postgres: await Proxy.to(postgres.port, await freePort(), seed + index),
    redis: await Proxy.to(redis.port, await freePort(), seed + 100 + index),
  };
  ways.push(way);
  const database = new URL(postgres.url());
  database.port = String(way.postgres.port);
  nodes.push(new Node(await freePort(), { DATABASE_URL: database.href, REDIS_URL: `redis://127.0.0.1:${way.redis.port}` }));
}
await Promise.all(nodes.map((node) => node.start()));
const urls = nodes.map(({ url }) => url);

const halves = [new Clients({ hourOff: false }), new Clients({ hourOff: true })];
const plans = planClients();
await Promise.all(
  halves.map((half, index) =>
    half.ask({ kind: 'open', urls, plans: plans.filter((_, place) => place % halves.length === index) }, 'opened'),
  ),
);
const writers = Array.from({ length: writerCount }, (_, index) => {
  const mine = desk.tickets.filter((_ticket, place) => place % writerCount === index);
  return new Writer(`writer${index}`, urls, desk.owner, mine, desk.choices, new Draw(seed + index + 1), quick ? 30 : 60);
});

/** What can go wrong, and how it is put right again. */
const faults: Readonly<Record<string, () => Promise<void>>> = {
  async 'a node is killed'() {
    const node = draw.one(nodes);
    await node.end('SIGKILL');
    await sleep(draw.next() * 1500);
    await node.revive();
  },
  async 'the nodes restart one after the other'() {
    for (const node of nodes) {
      await node.end('SIGTERM');
      await node.revive();
    }
  },
  async 'a node is frozen'() {
    const node = draw.one(nodes);
    node.signal('SIGSTOP');
    await sleep(quick ? 5000 : draw.one([2000, 8000, 15_000]));
    node.signal('SIGCONT');
  },
  async 'a node is cut off from Redis'() {
    const way = draw.one(ways).redis;
    way.hold();
    await sleep(quick ? 5000 : draw.one([5000, 30_000]));
    way.mend();
  },
  async 'the ways are slow and break'() {
    for (const { postgres: to, redis: hints } of ways) for (const way of [to, hints]) way.worsen(quick ? 60 : 300, 0.002);
    await sleep(quick ? 4000 : 15_000);
    for (const { postgres: to, redis: hints } of ways) for (const way of [to, hints]) way.mend();
  },
  async 'somebody else leaves a transaction open'() {
    const foreign = new pg.Client(postgres.url());
    await foreign.connect();
    await foreign.query('begin');
    await foreign.query('select pg_current_xact_id()');
    await sleep(quick ? 2000 : 10_000);
    // Everybody must be up to date while it is still open.
    for (const writer of writers) await writer.stop();
    const { stale } = await settle();
    result.stale += stale.length;
    await foreign.query('rollback');
    await foreign.end();
  },
  async 'Redis restarts'() {
    const { port } = redis;
    await redis.stop();
    await sleep(draw.next() * 1500);
    redis = await startRedis({ port });
  },
  async 'Redis is paused'() {
    process.kill(redis.pid, 'SIGSTOP');
    await sleep(quick ? 3000 : 10_000);
    process.kill(redis.pid, 'SIGCONT');
  },
  'Redis forgets everything': () => commandRedis(['FLUSHALL']),
  'Redis cuts its listeners off': () => commandRedis(['CLIENT', 'KILL', 'TYPE', 'pubsub']),
  async 'PostgreSQL restarts'() {
    const { port } = postgres;
    await postgres.stop();
    postgres = await startPostgres({ dataDir, port });
  },
  async 'PostgreSQL crashes'() {
    const { port } = postgres;
    process.kill(postgres.pid, 'SIGQUIT');
    await postgres.stop();
    postgres = await startPostgres({ dataDir, port });
  },
  async 'sockets are cut'() {
    for (const half of halves) half.say({ kind: 'cut', share: 0.4 });
  },
  async 'everybody is cut off at once'() {
    for (const half of halves) half.say({ kind: 'cut', share: 1 });
  },
  async 'clients stop reading'() {
    for (const half of halves) half.say({ kind: 'stall', share: 0.3, ms: 3000 });
    await sleep(3000);
  },
  async 'somebody gets and loses a team'() {
    const { memberId, teamId } = draw.one(desk.memberships);
    const where = [desk.workspaceId, teamId, memberId];
    const removed = await sql('delete from team_member where workspace_id = $1 and team_id = $2 and member_id = $3 returning 1', where);
    if (removed.length === 0) await sql('insert into team_member (workspace_id, team_id, member_id) values ($1, $2, $3)', where);
  },
};

const result = { rounds: 0, delivered: 0, lost: 0, twice: 0, disorder: 0, phantom: 0, stale: 0 };
const problems: string[] = [];
say(`seed ${seed}: ${rounds} rounds, ${nodeCount} nodes, ${clientCount} clients, ${writerCount} writers`);
try {
  // Each at least once where there is time for it, in an order that the seed decides.
  const order: string[] = [];
  while (order.length < rounds) order.push(...shuffled(Object.keys(faults)));
  for (const [index, fault] of order.slice(0, rounds).entries()) {
    const started = performance.now();
    for (const writer of writers) writer.start();
    await sleep(300);
    await faults[fault]?.();
    await sleep(quick ? 300 : 1000);
    for (const writer of writers) await writer.stop();
    const busy = performance.now();
    const { stale, delivered } = await settle();
    Object.assign(result, { rounds: index + 1, delivered });
    result.stale += stale.length;
    problems.push(...stale.map((one) => `after "${fault}": ${one}`));
    say(
      `${String(index + 1).padStart(4)}  ${fault.padEnd(38)} ${Math.round(busy - started)} ms of edits, all shown ${Math.round(performance.now() - busy)} ms later${stale.length > 0 ? `, ${stale.length} STALE` : ''}`,
    );
    if (stale.length > 0) break;
  }
  await judgeEvents();
  await judgeWrites();
} catch (error) {
  problems.push(String(error), String((error as Error).cause ?? ''));
} finally {
  await Promise.all(halves.map((half) => half.stop()));
  await Promise.all(nodes.map((node) => node.end('SIGKILL')));
  for (const way of ways) for (const proxy of Object.values(way)) proxy.close();
  await redis.stop();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

const bad = result.lost + result.twice + result.disorder + result.phantom + result.stale;
if (json) console.log(JSON.stringify(result));
else {
  const acknowledged = writers.reduce((sum, writer) => sum + writer.acknowledged, 0);
  say(
    `${result.rounds} rounds, ${acknowledged} edits acknowledged, ${result.delivered} results delivered: ${result.lost} lost, ${result.twice} twice, ${result.disorder} out of order, ${result.phantom} phantom, ${result.stale} stale`,
  );
}
if (bad > 0 || problems.length > 0) {
  console.error(problems.slice(0, 5).join('\n').slice(0, 4000));
  console.error(
    `It failed. Again with the same faults and edits: npm run chaos -- --seed=${seed} --rounds=${rounds}${quick ? ' --quick' : ''}`,
  );
  process.exit(1);
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, place: draw.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

async function commandRedis(command: string[]): Promise<void> {
  const client = createClient({ url: redis.url });
  client.on('error', () => undefined);
  await client.connect();
  await client.sendCommand(command);
  client.destroy();
}

/** Waits until everybody shows what a fresh load shows; answers who does not, after a time that is long enough. */
async function settle(): Promise<{ stale: readonly string[]; delivered: number }> {
  const end = performance.now() + settleMs;
  for (;;) {
    const checked = await Promise.all(halves.map((half) => half.ask({ kind: 'check' }, 'checked')));
    const stale = checked.flatMap((half) => half.stale);
    const delivered = checked.reduce((sum, half) => sum + half.delivered, 0);
    if (stale.length === 0 || performance.now() > end) return { stale, delivered };
    await sleep(100);
  }
}

/** Compares what each program was told with the log. */
async function judgeEvents(): Promise<void> {
  const waiting = async () => (await sql('select 1 from event where position is null limit 1')).length;
  while (await waiting()) await sleep(50);
  const log = await sql<{ id: string; position: string; ticket_id: string; ticket_version: number }>(
    'select id, position, ticket_id, ticket_version from event where ticket_id is not null order by position',
  );
  await sleep(2000);
  for (const half of halves) {
    const { clients } = await half.ask({ kind: 'events' }, 'told');
    for (const { name, after, events, reloads } of clients) {
      const expected = new Set(log.filter(({ position }) => Number(position) > after).map(({ id }) => id));
      const told = new Set(events.map(([, id]) => id));
      const count = (kind: 'lost' | 'twice' | 'disorder' | 'phantom', found: number, what: string) => {
        result[kind] += found;
        if (found > 0) problems.push(`${name}: ${found} events ${what}`);
      };
      count('lost', expected.difference(told).size + reloads, 'lost');
      count('twice', events.length - told.size, 'told twice');
      count('phantom', told.difference(expected).size, 'told that are not in the log');
      const versions = new Map<string, number>();
      let last = 0;
      let disorder = 0;
      for (const [position, , ticketId, version] of events) {
        if (position <= last || (versions.has(ticketId) && version !== (versions.get(ticketId) ?? 0) + 1)) disorder += 1;
        last = position;
        versions.set(ticketId, version);
      }
      count('disorder', disorder, 'out of order');
    }
  }
}

/** Compares the database with the model of everything that was acknowledged. */
async function judgeWrites(): Promise<void> {
  const rows = await sql<Record<string, string | string[] | null> & { id: string }>(
    `select t.id, t.subject, t.priority, t.team_id, t.status_id, t.assignee_id,
       array(select g.name from ticket_tag k join tag g on g.workspace_id = k.workspace_id and g.id = k.tag_id where k.ticket_id = t.id order by 1) as tags,
       array(select n.body from note n where n.ticket_id = t.id order by 1) as notes
     from ticket t`,
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  const model = writers.flatMap((writer) => writer.tickets);
  for (const ticket of model) {
    const row = found.get(ticket.id);
    const wanted = {
      id: ticket.id,
      subject: ticket.subject,
      priority: ticket.priority,
      team_id: ticket.teamId,
      status_id: ticket.statusId,
      assignee_id: ticket.assigneeId,
      tags: [...ticket.tags].sort(),
      notes: [...ticket.notes].sort(),
    };
    const notes = (row?.notes as string[] | undefined) ?? [];
    result.twice += notes.length - new Set(notes).size;
    if (JSON.stringify(row) === JSON.stringify(wanted)) continue;
    result.lost += 1;
    problems.push(`the database has ${JSON.stringify(row)} in place of ${JSON.stringify(wanted)}`);
  }
  if (rows.length !== model.length) {
    result.phantom += Math.max(0, rows.length - model.length);
    problems.push(`the database has ${rows.length} tickets in place of ${model.length}`);
  }
  for (const writer of writers) problems.push(...writer.refused);
}

/** Lists of all kinds under all kinds of rights, programs that want every event, counts, single tickets. */
function planClients(): ClientPlan[] {
  return Array.from({ length: clientCount }, (_, index): ClientPlan => {
    const name = `client ${index}`;
    if (index % 10 === 0) return { name, token: desk.owner, follows: 'events' };
    const { token } = draw.one(desk.people);
    if (index % 10 === 1) return { name, token, follows: 'counts' };
    if (index % 10 === 2) return { name, token, follows: 'ticket', ticketId: draw.one(desk.tickets).id };
    return { name, token, follows: 'list', filter: filter(0) };
  });
}

function filter(depth: number): object {
  const part: Record<string, unknown> = {};
  const { teams, assignees } = desk.choices;
  if (draw.chance(0.3)) part.priorities = draw.some(['LOW', 'NORMAL', 'HIGH', 'CRITICAL']);
  if (draw.chance(0.3)) part.categories = draw.some(['NEW', 'OPEN', 'IN_PROGRESS', 'WAITING', 'RESOLVED']);
  if (draw.chance(0.15)) part.teamIds = draw.some(teams);
  if (draw.chance(0.15)) part.assigneeIds = draw.some(assignees);
  if (draw.chance(0.1)) part.mine = true;
  if (draw.chance(0.1)) part.myTeams = true;
  if (draw.chance(0.1)) part.unassigned = true;
  if (draw.chance(0.1)) part.inStatusMinutes = draw.one([0, 1]);
  if (draw.chance(0.1)) part.dueWithinMinutes = draw.one([60, 600]);
  if (depth < 2 && draw.chance(0.2)) part.any = [filter(depth + 1), filter(depth + 1)];
  if (depth < 2 && draw.chance(0.2)) part.not = filter(depth + 2);
  return part;
}

async function seedDesk() {
  const at = new Date();
  const opened = await openDesk({ databaseUrl: postgres.url(), redisUrl: null, databasePool: 4, resumeDays: 7 }, createLogger('fatal'));
  const em = opened.orm.em.fork();
  const { id: workspaceId } = await em.transactional((tx) => createWorkspace(tx, { name: 'Chaos', slug: 'chaos', demo: false, at }));
  const teams = [newId(), newId(), newId()];
  await em.insertMany(
    Team,
    teams.map((id, index) => ({ workspaceId, id, name: `Team ${index}` })),
  );
  const roles: readonly Role[] = ['OWNER', 'SUPERVISOR', 'AGENT', 'AGENT', 'AGENT', 'LIGHT_AGENT', 'GUEST'];
  const people: { id: string; token: string; role: Role }[] = [];
  const memberships: { memberId: string; teamId: string }[] = [];
  for (const [index, role] of [...roles, ...roles].entries()) {
    const member = await createMember(em, {
      workspaceId,
      name: `Person ${index}`,
      email: `p${index}@chaos.test`,
      password: 'correct horse',
      role,
      at,
      allTeams: role === 'OWNER',
    });
    const token = `baton_${crypto.randomUUID()}`;
    await em.insert(AccessToken, {
      workspaceId,
      id: newId(),
      memberId: member.id,
      name: 'chaos',
      tokenHash: hashSecret(token),
      hint: '',
      createdAt: at,
      expiresAt: null,
      lastUsedAt: at,
      revokedAt: null,
    });
    const own = teams.filter((_, place) => (index + place) % 3 === 0);
    await em.insertMany(
      TeamMember,
      own.map((teamId) => ({ workspaceId, teamId, memberId: member.id })),
    );
    people.push({ id: member.id, token, role });
    memberships.push(...own.map((teamId) => ({ memberId: member.id, teamId })));
  }
  const statuses = await listStatuses(opened.systemScope(workspaceId));
  const tickets: ModelTicket[] = [];
  for (let index = 0; index < 40; index++) {
    const teamId = draw.one([null, ...teams]);
    const { id, subject, priority, statusId } = await createTicket(opened.systemScope(workspaceId), { subject: `Ticket ${index}`, teamId });
    tickets.push({ id, subject, priority, teamId, statusId, assigneeId: null, tags: new Set(), notes: [] });
  }
  await opened.close();
  const choices = {
    teams,
    firstStatus: statuses.find(({ category }) => category === 'NEW')?.id ?? '',
    statuses: statuses.filter(({ category }) => category !== 'NEW').map(({ id }) => id),
    assignees: people.filter(({ role }) => role !== 'LIGHT_AGENT' && role !== 'GUEST').map(({ id }) => id),
  };
  return { workspaceId, people, memberships, tickets, choices, owner: people[0]?.token ?? '' };
}
