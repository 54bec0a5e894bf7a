// npm run bench:bulk: ten thousand tickets changed at once, and how much others' edits are slowed by it meanwhile.
import { answering, editBodies, openWorld, serve } from './full-desk.ts';

const quick = process.argv.includes('--quick');
const tickets = quick ? 2000 : 10_000;
const seconds = quick ? 6 : 20;
/** As many colleagues as edit meanwhile, five times a second each: together twenty changes a second. */
const connections = 4;
const restMs = 200;

const world = await openWorld(tickets * 2);
const { server, port } = await serve('baton', world);
const percentile = (times: readonly number[], share: number) => times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? 0;
const bodyOf = editBodies(world);
const edits = (until: number) => answering({ port, connections, until, bodyOf, restMs });

await edits(performance.now() + 2000);
const alone = await edits(performance.now() + seconds * 1000);

const { workspaceId, scope } = world;
const { em } = scope();
const chosen: { id: string }[] = await em.execute('select id from ticket where workspace_id = ? and category = ? order by id limit ?', [
  workspaceId,
  'CLOSED',
  tickets,
]);
const query = `mutation Start($input: BulkStartInput!) { bulkStart(input: $input) { job { id total } userErrors { ... on UserError { message } } } }`;
const began = performance.now();
let jobs = 0;
// A selection has a thousand at most; together they are as many as one filter finds.
for (let at = 0; at < chosen.length; at += 1000) {
  const ticketIds = chosen.slice(at, at + 1000).map(({ id }) => id);
  const body = JSON.stringify({ query, variables: { input: { ticketIds, action: { priority: 'LOW', addTags: ['swept'] } } } });
  let asked = false;
  // Once: the request ends when it is answered.
  await answering({ port, connections: 1, until: performance.now() + 1, bodyOf: () => (asked ? null : ((asked = true), body)) });
  jobs += 1;
}
const beside: number[] = [];
for (;;) {
  beside.push(...(await edits(performance.now() + 500)));
  const [left]: { count: string }[] = await scope().em.execute('select count(*) from bulk_job where finished_at is null');
  if (Number(left?.count) === 0) break;
}
const took = (performance.now() - began) / 1000;
const outcomes: { outcome: string; count: string }[] = await scope().em.execute(
  'select outcome, count(*) from bulk_item group by 1 order by 1',
);
server.kill();
await world.desk.close();
await world.postgres.stop();

const round = (value: number) => Number(value.toFixed(2));
const result = {
  tickets: chosen.length,
  jobs,
  ticketsPerSecond: round(chosen.length / took),
  outcomes: Object.fromEntries(outcomes.map(({ outcome, count }) => [outcome, Number(count)])),
  editMs: { alone: round(percentile(alone, 0.5)), meanwhile: round(percentile(beside, 0.5)) },
  editP95Ms: { alone: round(percentile(alone, 0.95)), meanwhile: round(percentile(beside, 0.95)) },
  slowdown: round(percentile(beside, 0.5) / percentile(alone, 0.5)),
  slowdownP95: round(percentile(beside, 0.95) / percentile(alone, 0.95)),
};
if (process.argv.includes('--json')) console.log(JSON.stringify(result));
else {
  console.log(
    `${result.tickets} tickets changed in ${took.toFixed(1)} s: ${result.ticketsPerSecond} a second (${JSON.stringify(result.outcomes)})`,
  );
  console.log(
    `an edit of somebody else meanwhile: ${result.editMs.meanwhile} ms (p95 ${result.editP95Ms.meanwhile}), alone ${result.editMs.alone} (${result.editP95Ms.alone}): ${result.slowdown} times (p95 ${result.slowdownP95})`,
  );
}
process.exit(0);
