// npm run bench:overload: how long an agent's edits take, and whether they are seen, while three greedy callers ask the same
// node for as much as they can.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '@baton/launcher/postgres';
import { startRedis } from '@baton/launcher/redis';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { createMember } from '../src/domains/onboarding/index.ts';
import { savePolicy } from '../src/domains/sla/index.ts';
import type { Role } from '../src/domains/identity/index.ts';
import { newId } from '../src/kernel/id.ts';
import { hashSecret } from '../src/platform/keys.ts';
import { openWorld } from './full-desk.ts';
import type { GreedyCounts, GreedyPlan } from './overload-greedy.ts';

const quick = process.argv.includes('--quick');
const json = process.argv.includes('--json');
const tickets = quick ? 5000 : 20_000;
const seconds = quick ? 10 : 30;
/** Between two edits of the canary. */
const restMs = 100;
/** The largest bulk job of the fault that this benchmark guards against. */
const ticketsPerJob = 538;
const serverFolder = fileURLToPath(new URL('../../', import.meta.url));

const world = await openWorld(tickets);
const redis = await startRedis();
const { workspaceId, scope } = world;
const em = scope().em;

async function person(role: Role, name: string): Promise<string> {
  const secret = `baton_${crypto.randomUUID()}`;
  const at = new Date();
  const member = await createMember(em, {
    workspaceId,
    name,
    email: `${name.toLowerCase()}@bench.test`,
    password: 'correct horse',
    role,
    at,
  });
  await em.execute(
    `insert into access_token (workspace_id, id, member_id, name, token_hash, hint, created_at) values (?, ?, ?, 'bench', ?, 'baton_b', now())`,
    [workspaceId, newId(), member.id, hashSecret(secret)],
  );
  await em.execute(
    'insert into team_member (workspace_id, team_id, member_id) select workspace_id, id, ? from team where workspace_id = ?',
    [member.id, workspaceId],
  );
  return secret;
}

const [canary, memberToken, guestToken] = [
  await person('AGENT', 'Canary'),
  await person('SUPERVISOR', 'Greedy'),
  await person('LIGHT_AGENT', 'Guest'),
];
// Reports have something to count.
const policy = await savePolicy(world.desk.systemScope(workspaceId), {
  name: 'Many',
  conditions: { sources: ['API'] },
  calendarId: null,
  targets: { RESOLUTION: { NORMAL: { amount: 10, unit: 'HOURS' } } },
  warning: { share: 0.75, beforeMinutes: 15 },
});
await em.execute(
  `insert into sla_clock (workspace_id, ticket_id, metric, cycle, policy_id, policy_version, target_ms, elapsed_ms, stopped_at)
   select workspace_id, id, 'RESOLUTION', 1, ?, 1, 36000000, number * 100, created_at from ticket where workspace_id = ? and category = 'CLOSED'`,
  [policy.id, workspaceId],
);
const closed: { id: string }[] = await em.execute('select id from ticket where workspace_id = ? and category = ? order by id limit ?', [
  workspaceId,
  'CLOSED',
  ticketsPerJob,
]);
const [hotTicketId = '', canaryTicketId = ''] = world.openIds;
// An agent edits what is assigned to nobody else.
await em.execute('update ticket set assignee_id = null where id = ?', [canaryTicketId]);

const port = await freePort();
const server = spawn(process.execPath, ['--enable-source-maps', 'dist/main.js'], {
  cwd: serverFolder,
  env: {
    ...process.env,
    DATABASE_URL: world.postgres.url(),
    REDIS_URL: redis.url,
    NODE_ENV: 'production',
    PORT: String(port),
    LOG_LEVEL: 'fatal',
    DEMO: 'false',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
await new Promise<void>((resolve, reject) => {
  server.stdout.on('data', (chunk: Buffer) => String(chunk).includes('Ctrl-C stops it.') && resolve());
  server.once('exit', (code) => reject(new Error(`the server ended with ${code} while it started`)));
});

const edit = `mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { ticket { id } userErrors { ... on UserError { code message } } } }`;
const edited = new Set<string>();
const faults: string[] = [];
const socket = createClient({
  url: `ws://127.0.0.1:${port}/graphql`,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${canary}` },
  retryAttempts: 0,
});
const seen = new Set<string>();
socket.subscribe<{ ticketChanged: { subject: string } }>(
  { query: 'subscription ($id: ID!) { ticketChanged(id: $id) { subject } }', variables: { id: canaryTicketId } },
  {
    next: ({ data }) => data && seen.add(data.ticketChanged.subject),
    error: (error) => faults.push(`subscription: ${JSON.stringify(error)}`),
    complete: () => faults.push('subscription: ended'),
  },
);

const [row]: { subject: string }[] = await em.execute('select subject from ticket where id = ?', [canaryTicketId]);
let subject = row?.subject ?? '';

/** One edit of the canary. Returns how long it took, in milliseconds. */
async function editOnce(index: number): Promise<number> {
  const started = performance.now();
  const next = `Canary ${index}`;
  try {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${canary}` },
      body: JSON.stringify({ query: edit, variables: { input: { ticketId: canaryTicketId, subject: { from: subject, to: next } } } }),
    });
    const text = await response.text();
    if (response.status !== 200 || text.includes('"errors"') || /"userErrors":\[\{/.test(text)) faults.push(`edit: ${text.slice(0, 200)}`);
    else {
      subject = next;
      edited.add(next);
    }
  } catch (error) {
    faults.push(`edit: ${String(error)}`);
  }
  return performance.now() - started;
}

let edits = 0;
async function editFor(milliseconds: number): Promise<number[]> {
  const times: number[] = [];
  for (const end = performance.now() + milliseconds; performance.now() < end;) {
    times.push(await editOnce(++edits));
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }
  return times.sort((a, b) => a - b);
}

const p95 = (times: readonly number[]) => Math.round(times[Math.floor(times.length * 0.95)] ?? 0);
const residentMiB = () => Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);

const alone = await editFor(3000);
const greedy = fork(new URL('./overload-greedy.js', import.meta.url));
const plan: GreedyPlan = { port, memberToken, guestToken, hotTicketId, bulkTicketIds: closed.map(({ id }) => id) };
greedy.send(plan);
let rssMiB = 0;
const watch = setInterval(() => (rssMiB = Math.max(rssMiB, residentMiB())), 200);
const beside = await editFor(seconds * 1000);
clearInterval(watch);
greedy.send('stop');
const [counts] = (await once(greedy, 'message')) as [GreedyCounts];
// Deliveries coalesce; the last state must arrive.
for (const end = performance.now() + 10_000; !seen.has(subject) && performance.now() < end;)
  await new Promise((resolve) => setTimeout(resolve, 20));
if (!seen.has(subject)) faults.push('subscription: the last edit was not delivered');

const result = {
  canaryP95Ms: p95(beside),
  canaryErrors: faults.length,
  greedyRefused: counts.refused,
  rssMiB,
  aloneP95Ms: p95(alone),
  canaryEdits: edited.size,
  greedyAnswered: counts.answered,
  internalErrors: counts.internalErrors,
};
if (json) console.log(JSON.stringify(result));
else {
  console.log(
    `an agent's edit during the overload: p95 ${result.canaryP95Ms} ms, alone ${result.aloneP95Ms} ms; ${result.canaryErrors} errors`,
  );
  console.log(
    `greedy callers: ${result.greedyAnswered} answers, ${result.greedyRefused} of them refusals, ${result.internalErrors} internal errors; the server took ${rssMiB} MiB`,
  );
  for (const fault of faults.slice(0, 10)) console.log(`  ${fault}`);
}
server.kill('SIGKILL');
await world.desk.close();
await redis.stop();
await world.postgres.stop();
process.exit(result.canaryErrors > 0 || result.canaryP95Ms >= 300 ? 1 : 0);
