// npm run fuzz -- [--minutes=10] [--seed=N]: fuzzes all targets for that time in all. The same seed repeats the same inputs.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, ensureInstalled, pinnedEnvironment, pinnedNode, root } from './ensure.mjs';

const folder = join(root, 'apps/server');
const usualMinutes = 10;
const largestSeed = 2 ** 31 - 1;

function readOptions() {
  try {
    const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
    const minutes = Number(values.minutes ?? usualMinutes);
    const seed = Number(values.seed ?? Math.floor(Math.random() * largestSeed));
    if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error(`--minutes is ${values.minutes}; it takes a number above 0, up to 1440.`);
    if (!(Number.isInteger(seed) && seed >= 0 && seed <= largestSeed))
      throw new Error(`--seed is ${values.seed}; it takes a whole number from 0 to ${largestSeed}.`);
    return { minutes, seed };
  } catch (error) {
    console.error(`${error.message}\nUsage: npm run fuzz -- [--minutes=${usualMinutes}] [--seed=N]`);
    process.exit(2);
  }
}

const { minutes, seed } = readOptions();
ensureInstalled();
build();
const files = globSync('src/**/*.fuzz.test.ts', { cwd: folder });
const reportFolder = mkdtempSync(join(tmpdir(), 'baton-fuzz-'));
const report = join(reportFolder, 'report.jsonl');
console.log(`Fuzzing for ${minutes} minutes. Repeat with: npm run fuzz -- --minutes=${minutes} --seed=${seed}`);
const { status } = spawnSync(pinnedNode(), [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--maxWorkers=1', ...files], {
  cwd: folder,
  env: { ...pinnedEnvironment(), FUZZ_SECONDS: String(minutes * 60), FUZZ_SEED: String(seed), FUZZ_REPORT: report },
  stdio: ['ignore', 'inherit', 'inherit'],
});
const results = existsSync(report)
  ? readFileSync(report, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];
console.table(
  results.map(({ what, seed: used, cases, slowestMs, internalErrors, passed }) => ({
    target: what,
    seed: used,
    cases,
    'slowest answer to another user (ms)': slowestMs,
    'internal errors': internalErrors,
    passed,
  })),
);
rmSync(reportFolder, { recursive: true });
process.exit(status ?? 1);
