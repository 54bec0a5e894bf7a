// npm run import, workspace, backup and restore: a command on the database that DATABASE_URL names, or the embedded one, running or not.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { build, ensureInstalled, pinnedEnvironment, pinnedNode, root } from './ensure.mjs';

const [tool, ...given] = process.argv.slice(2);
ensureInstalled();
build();
const env = pinnedEnvironment();
let database;
if (!env.DATABASE_URL) {
  const { joinDatabase } = await import('./data-folder.mjs');
  database = await joinDatabase();
  env.DATABASE_URL = database.url;
}
// npm runs scripts in the project's folder; a path given is meant from where the person is.
const from = process.env.INIT_CWD ?? process.cwd();
const takesPath = tool === 'backup' || tool === 'restore';
const isPath = (arg) => (takesPath ? !arg.startsWith('-') : /\.(csv|json)$/i.test(arg));
const args = given.map((arg) => (isPath(arg) ? resolve(from, arg) : arg));
const { status } = spawnSync(pinnedNode(), ['--enable-source-maps', join(root, `apps/server/dist/${tool}.js`), ...args], {
  cwd: root,
  env,
  stdio: 'inherit',
});
await database?.stop();
process.exit(status ?? 1);
