// npm run bench: installs and builds what is missing, then measures on this machine.
import { ensureInstalled, run } from './ensure.mjs';

ensureInstalled();
run('node_modules/vite/bin/vite.js', ['build', '--config', 'apps/server/bench/vite.config.ts', '--logLevel', 'error']);
run('apps/server/dist/bench/list.js', process.argv.slice(2));
