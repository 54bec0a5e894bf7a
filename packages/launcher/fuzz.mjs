// npm run fuzz: runs every fuzz test for long. FUZZ_SECONDS: time for all of them; FUZZ_SEED: repeats the inputs of a run.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { build, ensureInstalled, pinnedEnvironment, pinnedNode, root } from './ensure.mjs';

const folder = join(root, 'apps/server');
const usualSeconds = 600;
const leastSeconds = 5;

ensureInstalled();
build();
const files = globSync('src/**/*.fuzz.test.ts', { cwd: folder });
const total = Number(process.env.FUZZ_SECONDS || usualSeconds);
const seconds = Math.max(leastSeconds, Math.floor(total / files.length));
const seed = Number(process.env.FUZZ_SEED || Math.floor(Math.random() * 2 ** 31));
console.log(`Fuzzing ${files.length} files for ${seconds} s each. Repeat with: FUZZ_SEED=${seed} FUZZ_SECONDS=${total} npm run fuzz`);
const { status } = spawnSync(pinnedNode(), [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--maxWorkers=1', ...files], {
  cwd: folder,
  env: { ...pinnedEnvironment(), FUZZ_SECONDS: String(seconds), FUZZ_SEED: String(seed) },
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.exit(status ?? 1);
