import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

const template = 'demo_template';
/** Any number that no other lock on this server uses. */
const templateLock = 4_711;

/**
 * Creates a database with the demo data. The first call fills a template by `fill`, which must have disconnected when it
 * returns. Later calls copy it.
 */
export async function createDemoDatabase(fill: (databaseUrl: string) => Promise<void>): Promise<string> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [templateLock]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount === 0) {
      const draft = nameOf();
      await client.query(`create database ${draft}`);
      await fill(urlOf(draft));
      await client.query(`alter database ${draft} rename to ${template}`);
    }
    const name = nameOf();
    await client.query(`create database ${name} template ${template}`);
    return urlOf(name);
  } finally {
    await client.end();
  }
}

const nameOf = () => `e2e_${randomUUID().replaceAll('-', '')}`;

function urlOf(database: string): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${database}`;
  return url.href;
}
