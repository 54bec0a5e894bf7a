// Installs dependencies when package-lock.json changed. Built-ins only: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const stamp = join(root, 'node_modules', '.installed');

/** Installs what the lock file names, once per lock file, and ends the process with npm's code when it fails. */
export function ensureInstalled() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(process.platform + process.arch)
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  const started = Date.now();
  console.log('Installing dependencies (once, a minute or two)…');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('The installation failed. See the message above; `npm ci` repeats it.');
    process.exit(status ?? 1);
  }
  writeFileSync(stamp, wanted);
  console.log(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** The Node that the lock file pins. The machine's own may be older, and npm's scripts would name that one. */
export function pinnedNode() {
  const pinned = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  return existsSync(pinned) ? pinned : process.execPath;
}

/** The environment for everything below: the pinned Node first in PATH, no telemetry. */
export function pinnedEnvironment() {
  return {
    ...process.env,
    PATH: join(root, 'node_modules', '.bin') + delimiter + process.env.PATH,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  };
}

/** Runs one command on the pinned Node and ends the process with its code when it fails. */
export function run(script, args) {
  const { status } = spawnSync(pinnedNode(), [join(root, script), ...args], {
    cwd: root,
    env: pinnedEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Builds what changed since the last build. Quiet, unless it fails. */
export function build() {
  const started = Date.now();
  console.log('Building what changed…');
  const { status, stdout, stderr } = spawnSync(pinnedNode(), [join(root, 'node_modules/turbo/bin/turbo'), 'run', 'build'], {
    cwd: root,
    env: pinnedEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) {
    console.error(`${stdout}${stderr}\nThe build failed. See the messages above.`);
    process.exit(status ?? 1);
  }
  console.log(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}
