// npm start: install if needed, build if needed, then serve on the pinned Node.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, ensureInstalled, pinnedEnvironment, pinnedNode, root } from './ensure.mjs';

ensureInstalled();
build();

const server = spawn(pinnedNode(), [join(root, 'packages/launcher/serve.mjs'), ...process.argv.slice(2)], {
  cwd: root,
  env: pinnedEnvironment(),
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal));
server.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));

// npm ends only its shell on SIGTERM, so a vanished parent is the one sign that everything should stop.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) server.kill('SIGTERM');
}, 500).unref();
