// The lock file installs everywhere: no registry address, one copy of what must be one, nothing that an older Node skips.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';
import { root } from './ensure.mjs';

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const faults = [];
const single = ['graphql', 'svelte', '@sveltejs/kit', 'vite', 'typescript', '@mikro-orm/core'];

for (const name of single) {
  const copies = Object.keys(packages).filter((path) => path.endsWith(`node_modules/${name}`));
  if (copies.length !== 1) faults.push(`${name} is there ${copies.length} times: ${copies.join(', ')}`);
}
for (const [path, entry] of Object.entries(packages)) {
  if (entry.resolved?.startsWith('http')) faults.push(`${path} names a registry: ${entry.resolved}`);
  // npm itself may run on Node 20 and leaves such a package out without a word.
  if (entry.optional && !semver.satisfies('20.19.0', entry.engines?.node ?? '*'))
    faults.push(`${path} is optional and needs Node ${entry.engines.node}`);
}
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
