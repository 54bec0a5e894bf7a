// Where the embedded PostgreSQL of `npm start` lives, and how the other commands find it.
import { join } from 'node:path';
import pg from 'pg';
import { root } from './ensure.mjs';
import { runningPostgres, startPostgres } from './postgres.mjs';

const dataDir = join(root, '.data', 'postgres');

/** Starts the embedded PostgreSQL. A server left behind by a killed `npm start` is ended first. */
export async function startDatabase() {
  const server = await startPostgres({ dataDir });
  await createDatabase(server.url());
  return { url: server.url('baton'), stop: () => server.stop() };
}

/** Joins the PostgreSQL of a running `npm start`, or starts it. `stop` ends only what this call started. */
export async function joinDatabase() {
  const running = runningPostgres(dataDir);
  return running ? { url: running.url('baton'), stop: async () => {} } : startDatabase();
}

async function createDatabase(url) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rowCount } = await client.query(`select 1 from pg_database where datname = 'baton'`);
    if (!rowCount) await client.query('create database baton');
  } finally {
    await client.end();
  }
}
