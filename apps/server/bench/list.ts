// npm run bench: how long pages and counts of a long queue take, against the plainest query there is on the same rows.
import { startPostgres } from '@baton/launcher/postgres';
import { openDesk } from '../src/desk.ts';
import { createWorkspace } from '../src/domains/onboarding/index.ts';
import { countTickets, findTickets } from '../src/domains/views/find-tickets.ts';
import { TicketOrder, type TicketFilter } from '../src/domains/views/index.ts';
import { createLogger } from '../src/platform/logger.ts';
import { unlimited } from '../src/platform/orm.ts';

const quick = process.argv.includes('--quick');
const tickets = quick ? 20_000 : 100_000;
const rounds = quick ? 10 : 30;
const warmUp = 10;

const postgres = await startPostgres({ ephemeral: true });
const desk = await openDesk(
  { databaseUrl: postgres.url(), redisUrl: null, databasePool: 4, resumeDays: 7, databaseLimits: unlimited },
  createLogger('silent'),
);
const workspace = await desk.orm.em
  .fork()
  .transactional((em) => createWorkspace(em, { name: 'Bench', slug: 'bench', demo: false, at: new Date() }));
const scope = () => desk.systemScope(workspace.id);

await scope().em.execute(
  `insert into ticket (workspace_id, id, number, subject, description, status_id, category, priority, source, version, created_at, updated_at, status_since, due_at)
   select ?, gen_random_uuid(), n, 'Ticket ' || n, '', s.id, s.category, (array['LOW', 'NORMAL', 'HIGH', 'CRITICAL'])[1 + n % 4], 'API', 1,
     now() - n * interval '1 minute', now() - n * interval '1 minute', now() - n * interval '1 minute', case when n % 3 = 0 then now() + n * interval '1 second' end
   from generate_series(1, ?) n
   join lateral (select id, category from status where workspace_id = ? order by (category = case when n % 5 = 0 then 'OPEN' else 'CLOSED' end) desc, place limit 1) s on true`,
  [workspace.id, tickets, workspace.id],
);
await scope().em.execute('analyze ticket');

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  // The first rounds pay for compiling what all later ones use.
  for (let round = -warmUp; round < rounds; round++) {
    const started = performance.now();
    await work();
    if (round >= 0) times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[rounds / 2] ?? 0;
}

const open: TicketFilter = { categories: ['NEW', 'OPEN', 'IN_PROGRESS', 'WAITING'] };
const page =
  (filter: TicketFilter, order: TicketOrder, offset = 0) =>
  () =>
    findTickets(scope(), { filter, order, first: 60, offset });
const reference = await median(() =>
  scope().em.execute('select * from ticket where workspace_id = ? order by number desc limit 60', [workspace.id]),
);
const measured: Record<string, number> = {
  'first page, open, by update': await median(page(open, TicketOrder.UPDATED)),
  'first page, open, by due': await median(page(open, TicketOrder.DUE)),
  'first page, all, by number': await median(page({}, TicketOrder.NUMBER)),
  'jump to the middle of all': await median(page({}, TicketOrder.UPDATED, tickets / 2)),
  'count of open': await median(() => countTickets(scope(), open)),
};
const ratios = Object.fromEntries(Object.entries(measured).map(([name, time]) => [name, Number((time / reference).toFixed(2))]));

if (process.argv.includes('--json')) console.log(JSON.stringify({ tickets, referenceMs: reference, ratios }));
else {
  console.log(
    `${tickets.toLocaleString('en')} tickets; the reference, 60 rows by number in plain SQL, takes ${reference.toFixed(2)} ms. Against it:`,
  );
  for (const [name, ratio] of Object.entries(ratios)) console.log(`  ${name.padEnd(30)} ${ratio.toFixed(2)} ×`);
}
await desk.close();
await postgres.stop();
