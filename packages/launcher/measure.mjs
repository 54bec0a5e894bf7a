// npm run bench, bench:live, bench:sla, bench:overload and chaos: installs and builds what is missing, then runs one of them on this machine.
import { ensureInstalled, run } from './ensure.mjs';

const [name, ...args] = process.argv.slice(2);
const vite = 'node_modules/vite/bin/vite.js';
ensureInstalled();
// These drive the server as it is shipped, whose build empties the folder that the others go into.
if (name === 'chaos' || name === 'sla' || name === 'overload')
  run('node_modules/turbo/bin/turbo', ['run', 'build', '--filter=@baton/server', '--output-logs=errors-only']);
run(vite, ['build', '--config', 'apps/server/bench/vite.config.ts', '--logLevel', 'error']);
run(`apps/server/dist/bench/${name}.js`, args);
