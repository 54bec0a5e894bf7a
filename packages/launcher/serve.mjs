// Serves Baton on the pinned Node: the embedded PostgreSQL if DATABASE_URL is not set, then the server. Restarts a server
// that dies; PostgreSQL keeps running.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root } from './ensure.mjs';

// With the embedded database this is a try-out. With DATABASE_URL the safe defaults hold.
const tryOut = process.env.DATABASE_URL ? {} : { DEMO: 'true', GRAPHIQL: 'true', INTROSPECTION: 'true' };
const env = { ...tryOut, ...process.env, NODE_ENV: 'production' };
let database;
let server;
let stopping = false;
/** Whether any server listened: one that never did has a fault that a restart does not repair. */
let hasListened = false;
let restart;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
let pauseMs = firstPauseMs;
/** A server that ran this long starts the pauses over. */
const steadyMs = 60_000;

async function stop(code) {
  if (stopping) return;
  stopping = true;
  clearTimeout(restart);
  if (server && server.exitCode === null && server.signalCode === null) {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await gone;
  }
  await database?.stop();
  process.exit(code);
}

function startServer() {
  let listenedAt = Infinity;
  server = spawn(process.execPath, ['--enable-source-maps', 'dist/main.js'], {
    cwd: join(root, 'apps/server'),
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  server.on('message', ({ kind }) => {
    if (kind !== 'listening') return;
    hasListened = true;
    listenedAt = Date.now();
  });
  server.on('exit', (code, signal) => {
    if (stopping) return;
    // It received a signal to stop.
    if (code === 0 || !hasListened) return void stop(code ?? 1);
    if (Date.now() - listenedAt > steadyMs) pauseMs = firstPauseMs;
    console.error(`The server ended (${signal ?? `exit code ${code}`}). Restarting it in ${pauseMs / 1000} s…`);
    restart = setTimeout(startServer, pauseMs);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  });
}

/** Before anything is started, so that a taken port costs no waiting for a database. */
function portFault(port, host) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(error.code));
    probe.listen(port, host, () => probe.close(() => resolve(null)));
  });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));
process.on('disconnect', () => void stop(0));
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) void stop(0);
}, 500).unref();

try {
  const port = Number(env.PORT || 4000);
  const fault = Number.isInteger(port) ? await portFault(port, env.HOST || '127.0.0.1') : null;
  if (fault === 'EADDRINUSE') {
    throw new Error(`Port ${port} is in use by another program. Stop that program, or choose another port: PORT=${port + 1} npm start`);
  }
  if (!env.DATABASE_URL) {
    console.log('Starting the embedded PostgreSQL…');
    const { startDatabase } = await import('./data-folder.mjs');
    database = await startDatabase();
    env.DATABASE_URL = database.url;
  }
  // Beside the database, unless they are kept elsewhere.
  env.FILES_PATH ||= join(root, '.data', 'files');
  console.log('Starting Baton…');
  startServer();
} catch (error) {
  const full = error.code === 'ENOSPC' || /No space left on device/i.test(error.message);
  console.error(full ? 'The disk is full. Free some space and start again; nothing that was saved is lost.' : error.message);
  await stop(1);
}
