// Is it good? Generated files, types, lint, layers, unused code, formats and all tests, in the order of their cost.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, pinnedEnvironment, pinnedNode, root } from './ensure.mjs';

ensureInstalled();

const generated = [
  'schema.graphql',
  'apps/server/client-schema.graphql',
  ...['graphql.ts', 'gql.ts', 'operations.json'].map((name) => `apps/web/src/lib/graphql/generated/${name}`),
  ...['graphql.ts', 'gql.ts'].map((name) => `apps/web/src/lib/follow/generated/${name}`),
];
const read = () => generated.map((file) => readFileSync(join(root, file), 'utf8'));

function step(name, script, args, cwd = root) {
  const started = Date.now();
  console.log(`\n▸ ${name}`);
  const { status } = spawnSync(pinnedNode(), [join(root, script), ...args], {
    cwd,
    env: pinnedEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) {
    console.error(`\n✗ ${name} failed.`);
    process.exit(status ?? 1);
  }
  console.log(`  ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

const turbo = 'node_modules/turbo/bin/turbo';
step('lock file', 'packages/launcher/check-lock.mjs', []);
step('build', turbo, ['run', 'build', '--output-logs=errors-only']);

const before = read();
step('schema and documents', 'apps/server/dist/emit-schema.js', []);
step('generated types', 'node_modules/@graphql-codegen/cli/esm/bin.js', ['--config', 'codegen.ts', '--silent']);
const stale = generated.filter((_, index) => read()[index] !== before[index]);
if (stale.length > 0) {
  console.error(`✗ Stale, and made anew just now; commit them: ${stale.join(', ')}`);
  process.exit(1);
}

step('types', turbo, ['run', 'check', '--output-logs=errors-only']);
step('lint', 'node_modules/eslint/bin/eslint.js', ['--config', 'packages/config/eslint.config.js', '.']);
step('layers', 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', [
  '--config',
  'packages/config/dependency-rules.cjs',
  '--output-type',
  'err',
  'apps/server/src',
  'apps/web/src',
  'packages/rules/src',
]);
step('unused code', 'node_modules/knip/bin/knip.js', []);
step('format', 'node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']);
step('tests', turbo, ['run', 'test', '--concurrency=1', '--output-logs=full', '--log-order=stream']);
step('chaos, the short version', 'packages/launcher/measure.mjs', ['chaos', '--quick']);
console.log('\nIt is good.');
