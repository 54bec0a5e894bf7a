// npm run bench:sla: how fast due times are worked out, what looking at 100,000 clocks after a change of a policy costs
// against a plain scan of the same rows, and how late breaches are noticed by two nodes of which one is killed.
import { freePort, startPostgres } from '@baton/launcher/postgres';
import { startRedis } from '@baton/launcher/redis';
import { breachesAt, startClock } from '@baton/rules';
import { Node } from '../chaos/service.ts';
import { openDesk } from '../src/desk.ts';
import { createWorkspace } from '../src/domains/onboarding/index.ts';
import { zoneOffsets } from '../src/domains/sla/zone-offsets.ts';
import { tryPolicy } from '../src/domains/sla/try-policy.ts';
import { saveCalendar, savePolicy } from '../src/domains/sla/index.ts';
import { createLogger } from '../src/platform/logger.ts';
import { unlimited } from '../src/platform/orm.ts';

const quick = process.argv.includes('--quick');
const json = process.argv.includes('--json');
const clockCount = quick ? 20_000 : 100_000;
const dueCount = quick ? 500 : 5000;
const dueWithinMs = quick ? 10_000 : 60_000;
const say = (line: string) => void (json ? undefined : console.log(line));

const [postgres, redis] = await Promise.all([startPostgres({ ephemeral: true }), startRedis()]);
const desk = await openDesk(
  { databaseUrl: postgres.url(), redisUrl: redis.url, databasePool: 4, resumeDays: 7, databaseLimits: unlimited },
  createLogger('silent'),
);
const workspace = await desk.orm.em
  .fork()
  .transactional((em) => createWorkspace(em, { name: 'Bench', slug: 'bench', demo: false, at: new Date() }));
const scope = () => desk.systemScope(workspace.id);

// 1. The arithmetic alone: a target of ten working hours, from instants all over a year, with lunch, weekends and holidays.
const hours = [
  { from: 540, to: 780 },
  { from: 840, to: 1080 },
];
const week = [hours, hours, hours, hours, hours, [], []];
const calendar = { offsets: zoneOffsets('Europe/Kyiv'), week, holidays: new Map([[20_600, []]]) };
const year = 365 * 86_400_000;
const begin = Date.UTC(2026, 0, 1);
function computePerSecond(rounds: number): number {
  const started = performance.now();
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    sum += breachesAt(startClock({ targetMs: 36_000_000, calendar }, begin + ((round * 104_729_000) % year))) ?? 0;
  }
  if (sum === 0) throw new Error('nothing was ever due');
  return Math.round((rounds / (performance.now() - started)) * 1000);
}
computePerSecond(20_000);
const perSecond = computePerSecond(200_000);
say(`due times in business hours: ${perSecond.toLocaleString('en')} a second`);

// 2. What a change of a policy would do to everything that runs, against reading the same rows in plain SQL.
const { id: calendarId } = await saveCalendar(scope(), { name: 'Office', timeZone: 'Europe/Kyiv', week, holidays: [] });
const settings = {
  name: 'Many',
  conditions: { sources: ['API'] },
  calendarId,
  targets: { RESOLUTION: { NORMAL: { amount: 10, unit: 'HOURS' } } },
  warning: { share: 0.75, beforeMinutes: 15 },
} as const;
const policy = await savePolicy(scope(), settings);

async function addTickets(count: number, offset: number, due: string, calendarOfClock: string | null): Promise<void> {
  await scope().em.execute(
    `with made as (
       insert into ticket (workspace_id, id, number, subject, description, status_id, category, priority, source, version, created_at, updated_at, status_since)
       select ?, gen_random_uuid(), ? + n, 'Ticket ' || n, '', s.id, s.category, 'NORMAL', 'API', 1, now(), now(), now()
       from generate_series(1, ?) n
       join lateral (select id, category from status where workspace_id = ? and category = 'OPEN' limit 1) s on true
       returning id, number - ? as n
     )
     insert into sla_clock (workspace_id, ticket_id, metric, cycle, policy_id, policy_version, calendar_id, calendar_version, target_ms, elapsed_ms, running_since, due_at)
     select ?, id, 'RESOLUTION', 1, ?, 1, ?::uuid, ?::integer, 36000000, 0, ${due} - interval '10 hours', ${due} from made`,
    [workspace.id, offset, count, workspace.id, offset, workspace.id, policy.id, calendarOfClock, calendarOfClock === null ? null : 1],
  );
}

await addTickets(clockCount, 0, `(now() + interval '30 days' + n * interval '1 second')`, calendarId);
await scope().em.execute('analyze sla_clock');
async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = -1; round < 5; round++) {
    const started = performance.now();
    await work();
    if (round >= 0) times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[2] ?? 0;
}
const scanMs = await median(() =>
  scope().em.execute('select * from sla_clock where workspace_id = ? and running_since is not null', [workspace.id]),
);
const tryMs = await median(() =>
  tryPolicy(scope(), { ...settings, id: policy.id, version: 1, targets: { RESOLUTION: { NORMAL: { amount: 5, unit: 'HOURS' } } } }),
);
const ratio = Number((tryMs / scanMs).toFixed(2));
say(
  `the effect of a policy on ${clockCount.toLocaleString('en')} running clocks: ${(tryMs / 1000).toFixed(2)} s, ${ratio} times a plain scan of the same rows`,
);

// 3. Breaches, while one of two nodes is killed in the middle.
await scope().em.execute('delete from sla_clock where workspace_id = ?', [workspace.id]);
const environment = { DATABASE_URL: postgres.url(), REDIS_URL: redis.url };
const nodes = [new Node(await freePort(), environment, 0), new Node(await freePort(), environment, 0)];
await Promise.all(nodes.map((node) => node.start()));
const leadMs = 3000;
await addTickets(
  dueCount,
  clockCount,
  `(now() + interval '${leadMs} milliseconds' + n * interval '${dueWithinMs / dueCount} milliseconds')`,
  null,
);
await new Promise((resolve) => setTimeout(resolve, leadMs + dueWithinMs / 2));
await nodes[0]?.end('SIGKILL');
await new Promise((resolve) => setTimeout(resolve, dueWithinMs / 2));
interface Noticed {
  readonly tickets: string;
  readonly events: string;
  readonly p50: string | null;
  readonly p99: string | null;
  readonly worst: string | null;
}
let noticed: Noticed | undefined;
for (let waited = 0; waited < 30; waited++) {
  [noticed] = await scope().em.execute<Noticed[]>(
    `select count(distinct e.ticket_id) as tickets, count(*) as events,
       percentile_cont(0.5) within group (order by late) as p50, percentile_cont(0.99) within group (order by late) as p99, max(late) as worst
     from (select e.ticket_id, extract(epoch from e.at - c.breached_at) * 1000 as late from event e
       join sla_clock c on c.workspace_id = e.workspace_id and c.ticket_id = e.ticket_id
       where e.workspace_id = ? and e.type = 'sla.breached') e`,
    [workspace.id],
  );
  if (Number(noticed?.tickets) === dueCount) break;
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
const lateness = {
  p50: Math.round(Number(noticed?.p50)),
  p99: Math.round(Number(noticed?.p99)),
  worst: Math.round(Number(noticed?.worst)),
};
const [tickets, events] = [Number(noticed?.tickets), Number(noticed?.events)];
say(
  `${dueCount.toLocaleString('en')} breaches within ${dueWithinMs / 1000} s at two nodes, one killed in the middle: ${tickets} noticed, ${events - tickets} twice; ` +
    `late by ${lateness.p50} ms, p99 ${lateness.p99} ms, at most ${lateness.worst} ms`,
);
if (json)
  console.log(
    JSON.stringify({
      perSecond,
      clocks: clockCount,
      effectToScan: ratio,
      breaches: dueCount,
      noticed: tickets,
      twice: events - tickets,
      latenessMs: lateness,
    }),
  );

await Promise.all(nodes.map((node) => node.end('SIGKILL')));
await desk.close();
await redis.stop();
await postgres.stop();
if (tickets !== dueCount || events !== tickets) {
  console.error('Not every breach was noticed exactly once.');
  process.exit(1);
}
