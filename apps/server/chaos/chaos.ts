// npm run chaos: real processes, real faults, and at the end three questions. Does every client show what a fresh load
// shows? Was every program told each event once and in order? Does the database hold what was acknowledged, and no more?
import { faultsOf } from './faults.ts';
import { judgeEmails, judgeEvents, judgeReloads, judgeTimes, judgeWrites, readLog, Verdict } from './judge.ts';
import { Draw } from './plan.ts';
import { planClients, seedDesk } from './seed.ts';
import { Stage } from './stage.ts';
import { Writer } from './writers.ts';

const option = (name: string) => process.argv.find((word) => word.startsWith(`--${name}=`))?.split('=')[1];
const has = (name: string) => process.argv.includes(`--${name}`);
const json = has('json');
const length = has('quick') ? 'quick' : has('long') ? 'long' : 'full';
const seed = Number(option('seed') ?? Date.now() % 1_000_000);
const nodeCount = Number(option('nodes') ?? 2);
const clientCount = Number(option('clients') ?? 200);
/** A fault by its name, again and again. */
const only = option('only');
const writerCount = 4;
/** Beyond the minute in which lists by time still move after the last edit, when they are long enough to take seconds to load. */
const settleMs = length === 'long' ? 120_000 : 30_000;

const say = (line: string) => void (json ? undefined : console.log(line));
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const draw = new Draw(seed);
const verdict = new Verdict();
const stage = await Stage.open();
const desk = await seedDesk(stage.postgres.url(), draw);
await stage.startNodes(nodeCount, seed);

const { urls, halves } = stage;
const plans = planClients(desk, draw, clientCount);
await Promise.all(
  halves.map((half, index) => {
    const theirs = plans.filter((_, place) => place % halves.length === index);
    return half.ask({ kind: 'open', urls, plans: theirs, seed: draw.seed() }, 'opened');
  }),
);
const writers = Array.from({ length: writerCount }, (_, index) => {
  const mine = desk.tickets.filter((_ticket, place) => place % writerCount === index);
  return new Writer(`writer${index}`, urls, desk.owner, mine, desk.choices, new Draw(draw.seed()), length === 'quick' ? 30 : 60);
});

async function settleMeanwhile(): Promise<void> {
  for (const writer of writers) await writer.stop();
  await settle('in the middle of a fault');
}

const faults = faultsOf({ stage, desk, draw, writers, length, settleMeanwhile });
const names = Object.keys(faults).filter((name) => !only || name === only);
if (names.length === 0) throw new Error(`there is no fault "${only}"; there are: ${Object.keys(faults).join(', ')}`);
const rounds = Number(option('rounds') ?? { quick: names.length, full: 100, long: names.length }[length]);
let done = 0;
let delivered = 0;
/** How long each event of a round took to each program whose clock is right, in milliseconds. */
let waits: number[] = [];
say(`seed ${seed}: ${rounds} rounds, ${nodeCount} nodes, ${clientCount} clients, ${writerCount} writers`);
try {
  // Each at least once where there is time for it, in an order that the seed decides.
  const order: string[] = [];
  while (order.length < rounds) order.push(...shuffled(names));
  for (const fault of order.slice(0, rounds)) {
    const started = performance.now();
    waits = [];
    for (const writer of writers) writer.start();
    await sleep(300);
    await faults[fault]?.();
    await sleep(length === 'quick' ? 300 : 1000);
    for (const writer of writers) await writer.stop();
    const busy = performance.now();
    await settle(`after "${fault}"`);
    waits.sort((a, b) => a - b);
    done += 1;
    const seconds = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
    say(
      `${String(done).padStart(4)}  ${fault.padEnd(42)} ${seconds(started, busy).padStart(8)} of edits, all shown ${seconds(busy, performance.now())} later; events took ${atShare(waits, 0.5)} ms, p99 ${atShare(waits, 0.99)}`,
    );
    if (verdict.stale > 0) break;
  }
  const log = await readLog(stage.sql);
  await sleep(2000);
  for (const half of halves) {
    const { clients, reloaded } = await half.ask({ kind: 'events' }, 'told');
    for (const client of clients) judgeEvents(verdict, log, client);
    for (const client of reloaded) judgeReloads(verdict, stage.reloadReasons, client);
  }
  await judgeWrites(
    verdict,
    stage.sql,
    writers.flatMap(({ tickets }) => tickets),
  );
  await judgeTimes(verdict, stage.sql);
  await judgeEmails(verdict, stage.sql, stage.mail.received);
  for (const writer of writers) verdict.problems.push(...writer.refused);
} catch (error) {
  verdict.problems.push(String(error), String((error as Error).cause ?? ''));
} finally {
  await stage.close();
}

const { lost, twice, disorder, phantom, stale, needlessReloads } = verdict;
if (json) console.log(JSON.stringify({ rounds: done, delivered, lost, twice, disorder, phantom, stale, needlessReloads }));
else {
  const acknowledged = writers.reduce((sum, writer) => sum + writer.acknowledged, 0);
  say(
    `${done} rounds, ${acknowledged} edits acknowledged, ${delivered} results delivered: ${lost} lost, ${twice} twice, ${disorder} out of order, ${phantom} phantom, ${stale} stale, ${needlessReloads} needless reloads`,
  );
}
if (verdict.bad) {
  for (const problem of verdict.problems.slice(0, 5)) console.error(problem.slice(0, 1500));
  const again = process.argv.slice(2).filter((word) => !word.startsWith('--seed='));
  console.error(`It failed. Again with the same faults and edits: npm run chaos -- --seed=${seed} ${again.join(' ')}`);
  process.exit(1);
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, place: draw.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

/** Waits until everybody shows what a fresh load shows, or long enough. */
async function settle(when: string): Promise<void> {
  const end = performance.now() + settleMs;
  for (;;) {
    const checked = await Promise.all(halves.map((half) => half.ask({ kind: 'check' }, 'checked')));
    const found = checked.flatMap((half) => half.stale);
    delivered = checked.reduce((sum, half) => sum + half.delivered, 0);
    waits = waits.concat(checked[0]?.waits ?? []);
    if (found.length === 0 || performance.now() > end) {
      for (const one of found) verdict.count('stale', 1, `stale ${when}: ${one}`);
      return;
    }
    await sleep(100);
  }
}

function atShare(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
