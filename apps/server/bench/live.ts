// npm run bench:live: how fast a change reaches everybody, against the barest broadcast there is and against Apollo as
// its documentation has it. All in one run, taking turns; numbers are ratios, because machines are noisy.
import { fork, type ChildProcess } from 'node:child_process';
import { startPostgres } from '@baton/launcher/postgres';
import { startRedis } from '@baton/launcher/redis';
import pg from 'pg';
import { openDesk, type Desk } from '../src/desk.ts';
import { Account, AccessToken, Member, Team, TeamMember, type Role } from '../src/domains/identity/index.ts';
import { hashSecret } from '../src/platform/keys.ts';
import { createWorkspace } from '../src/domains/onboarding/index.ts';
import { createTicket, editTicket, type Ticket } from '../src/domains/tickets/index.ts';
import { newId } from '../src/kernel/id.ts';
import { createLogger } from '../src/platform/logger.ts';
import { Relay } from '../src/platform/relay.ts';
import type { ClientPlan, Message } from './live-operation.ts';

const quick = process.argv.includes('--quick');
const json = process.argv.includes('--json');
const rounds = 3;
const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length);
const sizes = only ? [Number(only)] : quick ? [100, 1000] : [100, 1000, 5000];
const ticketCount = 400;
/** Edits on their way at once: enough to keep the server busy, few enough that nobody becomes a slow client. */
const inFlight = 48;

class Child {
  readonly #process: ChildProcess;
  readonly #unread: Message[] = [];
  #reader: (() => void) | null = null;
  frames = 0;

  constructor(script: string, args: string[], env: Record<string, string>) {
    const profile = process.env.PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.PROFILE}`] : [];
    this.#process = fork(new URL(script, import.meta.url), args, {
      env: { ...process.env, ...env },
      execArgv: ['--expose-gc', ...profile],
    });
    this.#process.on('message', (message: Message) => {
      if (message.kind === 'received') return void (this.frames = message.frames);
      this.#unread.push(message);
      this.#reader?.();
    });
  }

  say(message: Message): void {
    this.#process.send(message);
  }

  /** The next thing it says, which must be of this kind. */
  async hear<Kind extends Message['kind']>(kind: Kind): Promise<Extract<Message, { kind: Kind }>> {
    if (this.#unread.length === 0) await new Promise<void>((resolve) => (this.#reader = resolve));
    const message = this.#unread.shift();
    if (message?.kind !== kind) throw new Error(`heard ${message?.kind} in place of ${kind}`);
    return message as Extract<Message, { kind: Kind }>;
  }

  async usage() {
    this.say({ kind: 'usage' });
    return this.hear('usageIs');
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill();
    await gone;
  }
}

const postgres = await startPostgres({ ephemeral: true });
const redis = await startRedis();
const urls = { DATABASE_URL: postgres.url(), REDIS_URL: redis.url };
const logger = createLogger('error');
const desk = await openDesk({ databaseUrl: postgres.url(), redisUrl: redis.url, databasePool: 12, resumeDays: 7 }, logger);
const relay = new Relay(desk.orm, desk.pubSub, logger);
const writers = new pg.Pool({ connectionString: postgres.url(), max: 8 });
desk.start();
const { workspaceId, teams, tokens, tickets } = await seed(desk, Math.max(...sizes));
const clients = new Child('./live-clients.js', [], {});
const servers = {
  raw: new Child('./live-server.js', ['raw'], urls),
  apollo: new Child('./live-server.js', ['apollo'], urls),
  baton: new Child('./live-server.js', ['baton'], urls),
};
const ports = { raw: 0, apollo: 0, baton: 0 };
for (const name of ['raw', 'apollo', 'baton'] as const) ports[name] = (await servers[name].hear('ready')).port;
type Contender = keyof typeof servers;

let edits = 0;

/**
 * Writes a new priority, or says the same to a server without a database; the next ticket each time. What is measured is
 * delivery, so the write is the barest there is: one statement that commits what the use case commits.
 */
async function edit(contender: Contender): Promise<void> {
  const { ticket, subject } = nextEdit();
  if (contender !== 'baton') {
    return servers[contender].say({ kind: 'publish', result: { data: { ticketsChanged: plainRow(ticket, subject) } } });
  }
  const from = ticket.priority;
  ticket.priority = from === 'LOW' ? 'NORMAL' : 'LOW';
  const changes = JSON.stringify([{ field: 'priority', from, to: ticket.priority }]);
  await writers.query({ name: 'edit', text: writePriority, values: [workspaceId, ticket.id, ticket.priority, newId(), changes] });
  relay.poke(workspaceId);
}

const writePriority = `
  with edited as (
    update ticket set priority = $3, version = version + 1, updated_at = now() where workspace_id = $1 and id = $2
    returning version, ticket_facets(ticket) as facets
  )
  insert into event (workspace_id, id, type, ticket_id, ticket_version, actor_kind, member_ids, changes, facets, at)
  select $1, $4, 'ticket.edited', $2, version, 'SYSTEM', '{}', $5::jsonb, facets, now() from edited`;

/** Edits a ticket as an operator does; answers when it was committed. */
async function editAsOperator(): Promise<{ key: string; at: number }> {
  const { ticket, subject } = nextEdit();
  await editTicket(desk.systemScope(workspaceId), { ticketId: ticket.id, subject: { from: ticket.subject, to: subject } });
  ticket.subject = subject;
  return { key: subject, at: performance.timeOrigin + performance.now() };
}

function nextEdit() {
  const ticket = tickets[edits++ % tickets.length];
  if (!ticket) throw new Error('there are no tickets');
  return { ticket, subject: `Edit ${edits} of a ticket in the queue` };
}

function plainRow(ticket: Ticket, subject: string) {
  const { id, number, priority, statusId } = ticket;
  const updatedAt = new Date().toISOString();
  const position = `${workspaceId}.1:${edits}:${Date.now().toString(36)}`;
  const row = {
    id,
    number,
    version: edits,
    subject,
    priority,
    dueAt: updatedAt,
    updatedAt,
    status: { id: statusId },
    requester: null,
    assignee: null,
    tags: [],
  };
  return { kind: 'CHANGED', ticketId: id, position, ticket: row };
}

interface Run {
  readonly perSecond: number;
  readonly cpuMsPer100k: number;
  readonly kibPerSocket: number;
}

/** Delivers so many edits to so many subscribers and waits until the last has the last. */
async function run(contender: Contender, subscribers: number, classes: number, count: number): Promise<Run> {
  const server = servers[contender];
  const kibPerSocket = await seat(contender, subscribers, classes);
  const before = await server.usage();
  const base = clients.frames;
  const frames = () => clients.frames - base;
  const expected = () => count * subscribers;
  const started = performance.now();
  let sent = 0;
  let failed: unknown;
  const writing = new Set<Promise<unknown>>();
  while (frames() < expected()) {
    if (failed) throw failed;
    if (performance.now() - started > 120_000) throw new Error(`${contender}: ${frames()} of ${expected()} frames after two minutes`);
    if (sent < count && sent - frames() / subscribers < inFlight && writing.size < 8) {
      sent += 1;
      const step = edit(contender)
        .catch((error: unknown) => (failed = error))
        .finally(() => writing.delete(step));
      writing.add(step);
      if (contender !== 'baton') await new Promise((resolve) => setImmediate(resolve));
    } else await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const seconds = (performance.now() - started) / 1000;
  const after = await server.usage();
  const deliveries = count * subscribers;
  return {
    perSecond: deliveries / seconds,
    cpuMsPer100k: ((after.cpuMs - before.cpuMs) / deliveries) * 100_000,
    kibPerSocket,
  };
}

let seated = '';
const sockets = new Map<Contender, number>();

/** Lets the subscribers in, who stay for the runs that have as many; answers the memory that a socket took, in KiB. */
async function seat(contender: Contender, subscribers: number, classes: number): Promise<number> {
  const table = `${subscribers} ${classes}`;
  const known = sockets.get(contender);
  if (table === seated && known !== undefined) return known;
  const bare = await servers[contender].usage();
  await open(contender, plansOf(subscribers, classes), { timed: false, beside: table === seated });
  if (table !== seated) sockets.clear();
  seated = table;
  const taken = await servers[contender].usage();
  sockets.set(contender, (taken.rssKiB - bare.rssKiB) / subscribers);
  return sockets.get(contender) ?? 0;
}

async function open(
  contender: Contender,
  plans: readonly ClientPlan[],
  { timed, beside }: { timed: boolean; beside: boolean },
): Promise<void> {
  clients.say({ kind: 'open', port: ports[contender], clients: plans, timed, beside });
  await clients.hear('opened');
  if (timed) return void (await new Promise((resolve) => setTimeout(resolve, 3000)));
  // Who gets an edit has subscribed: edits are made until one reaches everybody.
  for (let reached = 0; reached < plans.length;) {
    const before = clients.frames;
    await edit(contender);
    await new Promise((resolve) => setTimeout(resolve, 400));
    reached = clients.frames - before;
  }
}

/** Everybody sees the tickets, for reasons as different as there are classes of rights. */
function plansOf(subscribers: number, classes: number): ClientPlan[] {
  const queue = { teamIds: [teams[0]] };
  const pool = tokens.filter(({ rights }) => rights < classes);
  return Array.from({ length: subscribers }, (_, index) => ({ token: pool[index % pool.length]?.token ?? '', filter: queue }));
}

interface Seeded {
  readonly workspaceId: string;
  readonly teams: readonly string[];
  readonly tokens: readonly { readonly token: string; readonly rights: number }[];
  readonly tickets: (Ticket & { subject: string })[];
}

async function seed({ orm, systemScope }: Desk, members: number): Promise<Seeded> {
  const at = new Date();
  const em = orm.em.fork();
  const workspace = await em.transactional((tx) => createWorkspace(tx, { name: 'Bench', slug: 'bench', demo: false, at }));
  const workspaceId = workspace.id;
  const teams = Array.from({ length: 5 }, () => newId());
  const [queue = '', ...others] = teams;
  await em.insertMany(
    Team,
    teams.map((id, index) => ({ workspaceId, id, name: `Team ${index}` })),
  );
  const rights: readonly { role: Role; teams: string[] }[] = [
    { role: 'OWNER', teams: [] },
    { role: 'SUPERVISOR', teams: [queue] },
    { role: 'AGENT', teams: [queue] },
    { role: 'LIGHT_AGENT', teams: [queue] },
    { role: 'GUEST', teams: [queue] },
    ...others.map((other) => ({ role: 'AGENT' as const, teams: [queue, other] })),
    { role: 'SUPERVISOR', teams },
  ];
  const people = Array.from({ length: members }, (_, index) => ({
    id: newId(),
    token: `baton_${crypto.randomUUID()}`,
    rights: index % rights.length,
  }));
  const rowsOf = <Row>(row: (person: (typeof people)[number], index: number) => Row) => people.map(row);
  for (const chunk of chunks(
    rowsOf(({ id }, index) => ({
      id,
      email: `p${index}@bench.test`,
      passwordHash: null,
      totpSecret: null,
      totpConfirmedAt: null,
      totpLastStep: null,
      createdAt: at,
    })),
  ))
    await em.insertMany(Account, chunk);
  for (const chunk of chunks(
    rowsOf(({ id, rights: of }, index) => ({
      workspaceId,
      id,
      accountId: id,
      kind: 'PERSON' as const,
      customRoleId: null,
      name: `Person ${index}`,
      email: `p${index}@bench.test`,
      role: rights[of]?.role ?? 'GUEST',
      allTeams: false,
      topicIds: [],
      assignmentScope: 'ANY' as const,
      active: true,
      locale: 'en',
      createdAt: at,
    })),
  ))
    await em.insertMany(Member, chunk);
  for (const chunk of chunks(
    people.flatMap(({ id, rights: of }) => (rights[of]?.teams ?? []).map((teamId) => ({ workspaceId, teamId, memberId: id }))),
  ))
    await em.insertMany(TeamMember, chunk);
  for (const chunk of chunks(
    rowsOf(({ id, token }) => ({
      workspaceId,
      id: newId(),
      memberId: id,
      name: 'bench',
      tokenHash: hashSecret(token),
      hint: 'baton_',
      permissions: null,
      createdAt: at,
      expiresAt: null,
      lastUsedAt: at,
      revokedAt: null,
    })),
  ))
    await em.insertMany(AccessToken, chunk);
  const tickets: Ticket[] = [];
  for (let index = 0; index < ticketCount; index++)
    tickets.push(await createTicket(systemScope(workspaceId), { subject: `Ticket ${index}`, teamId: queue }));
  return { workspaceId, teams, tickets, tokens: people.map(({ token, rights: of }) => ({ token, rights: of })) };
}

function* chunks<Row>(rows: readonly Row[]): Iterable<Row[]> {
  for (let start = 0; start < rows.length; start += 1000) yield rows.slice(start, start + 1000);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const shown = (value: number) => Math.round(value).toLocaleString('en');
const say = (line: string) => void (json ? undefined : console.log(line));

interface Compared {
  readonly subscribers: number;
  readonly vsRawWs: number;
  readonly vsApollo: number;
  readonly cpuVsRawWs: number;
  readonly cpuVsApollo: number;
}

async function compare(subscribers: number): Promise<Compared> {
  const count = Math.max(quick ? 30 : 100, Math.min(1000, Math.round((quick ? 60_000 : 200_000) / subscribers)));
  const runs: Record<Contender, Run[]> = { raw: [], apollo: [], baton: [] };
  for (let round = 0; round < rounds; round++) {
    for (const contender of ['raw', 'apollo', 'baton'] as const) {
      // Apollo is so much slower that fewer edits say as much.
      runs[contender].push(await run(contender, subscribers, 8, contender === 'apollo' ? Math.ceil(count / 5) : count));
    }
  }
  const middle = (contender: Contender, value: keyof Run) => median(runs[contender].map((one) => one[value]));
  say(`\n${shown(subscribers)} subscribers in 8 classes of rights, medians of ${rounds} runs:`);
  for (const [contender, name] of [
    ['raw', 'raw ws broadcast'],
    ['apollo', 'Apollo Server'],
    ['baton', 'Baton'],
  ] as const) {
    say(
      `  ${name.padEnd(18)} ${shown(middle(contender, 'perSecond')).padStart(9)} deliveries/s   ${shown(middle(contender, 'cpuMsPer100k')).padStart(7)} ms CPU per 100,000   ${shown(runs[contender][0]?.kibPerSocket ?? 0).padStart(4)} KiB a socket`,
    );
  }
  const ratio = (value: keyof Run, other: Contender) => Number((middle('baton', value) / middle(other, value)).toFixed(2));
  return {
    subscribers,
    vsRawWs: ratio('perSecond', 'raw'),
    vsApollo: ratio('perSecond', 'apollo'),
    cpuVsRawWs: ratio('cpuMsPer100k', 'raw'),
    cpuVsApollo: ratio('cpuMsPer100k', 'apollo'),
  };
}

/** 1,000 subscribers on 200 different lists, 20 edits a second: from the commit to the last who is told. */
async function views(): Promise<{ viewsP99Ms: number; viewsMedianMs: number; longestBlockMs: number }> {
  const priorities = ['LOW', 'NORMAL', 'HIGH', 'CRITICAL'];
  const plans = plansOf(1000, 8).map((plan, index) => {
    const view = index % 200;
    return { ...plan, filter: { teamIds: [teams[0]], any: [{ priorities: [priorities[view % 4]] }, { dueWithinMinutes: view }] } };
  });
  await open('baton', plans, { timed: true, beside: false });
  await servers.baton.usage();
  const made: { key: string; at: number }[] = [];
  const started = performance.now();
  for (let index = 0; index < (quick ? 60 : 600); index++) {
    made.push(await editAsOperator());
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, started + (index + 1) * 50 - performance.now())));
  }
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { longestBlockMs } = await servers.baton.usage();
  clients.say({ kind: 'usage' });
  const { last } = await clients.hear('times');
  const waits = made.flatMap(({ key, at }) => (last[key] === undefined ? [] : [last[key] - at])).sort((a, b) => a - b);
  if (process.env.DEBUG) console.error(made.map(({ key, at }) => Math.round((last[key] ?? 0) - at)).join(' '));
  if (waits.length < made.length * 0.9) throw new Error(`only ${waits.length} of ${made.length} edits were seen`);
  return {
    viewsP99Ms: Math.round(waits[Math.floor(waits.length * 0.99)] ?? 0),
    longestBlockMs: Math.round(longestBlockMs),
    viewsMedianMs: Math.round(median(waits)),
  };
}

/** 1,000 subscribers are cut off at once, miss some edits, and all come back in the same instant. */
async function storm(): Promise<{ stormMs: number; stormBlockP99Ms: number }> {
  const missed = 20;
  const plans = plansOf(1000, 8);
  await open('baton', plans, { timed: false, beside: false });
  clients.say({ kind: 'cut' });
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (let index = 0; index < missed; index++) await editAsOperator();
  await servers.baton.usage();
  const before = clients.frames;
  const started = performance.now();
  clients.say({ kind: 'comeBack' });
  while (clients.frames - before < missed * plans.length) {
    if (performance.now() - started > 30_000) throw new Error(`${clients.frames - before} of ${missed * plans.length} frames after 30 s`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const stormMs = Math.round(performance.now() - started);
  return { stormMs, stormBlockP99Ms: Math.round((await servers.baton.usage()).blockP99Ms) };
}

try {
  const compared: Compared[] = [];
  for (const subscribers of sizes) compared.push(await compare(subscribers));
  const [one, ten] = [await run('baton', 1000, 1, quick ? 60 : 200), await run('baton', 1000, 10, quick ? 60 : 200)];
  const rightsClasses10 = Number((ten.cpuMsPer100k / one.cpuMsPer100k).toFixed(2));
  const latency = await views();
  const stormy = await storm();
  const main = compared.find(({ subscribers }) => subscribers === 1000) ?? compared[0];
  say('');
  for (const { subscribers, vsRawWs, vsApollo, cpuVsRawWs } of compared) {
    say(
      `At ${shown(subscribers)}: ${vsRawWs} of raw ws and ${vsApollo} times Apollo by deliveries a second; ${cpuVsRawWs} times the CPU of raw ws.`,
    );
  }
  say(`Ten classes of rights cost ${rightsClasses10} times the CPU of one.`);
  say(
    `1,000 subscribers on 200 lists, 20 edits a second: from the commit to the last one told ${latency.viewsMedianMs} ms at the median, p99 ${latency.viewsP99Ms} ms; longest block of the event loop ${latency.longestBlockMs} ms.`,
  );
  say(
    `1,000 cut off at once and back at once: all had what they missed after ${stormy.stormMs} ms; the event loop blocked ${stormy.stormBlockP99Ms} ms at p99.`,
  );
  if (json) console.log(JSON.stringify({ ...main, rightsClasses10, ...latency, ...stormy, sizes: compared }));
} finally {
  await Promise.all([clients, ...Object.values(servers)].map((child) => child.stop()));
  await writers.end();
  await desk.close();
  await redis.stop();
  await postgres.stop();
}
