import { startPostgres } from '@baton/launcher/postgres';
import { startRedis } from '@baton/launcher/redis';
import type { TestProject } from 'vitest/node';
import { openDesk } from '../src/desk.ts';
import { createLogger } from '../src/platform/logger.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    redisUrl: string;
    fuzz: { readonly seed: number; readonly seconds: number; readonly report: string };
  }
}

/** A real PostgreSQL with a migrated template database, and a real Redis, for all test files of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres({ ephemeral: true });
  const redis = await startRedis();
  const { default: pg } = await import('pg');
  const client = new pg.Client(postgres.url());
  await client.connect();
  await client.query('create database template_baton');
  await client.end();
  const desk = await openDesk(
    { databaseUrl: postgres.url('template_baton'), redisUrl: null, databasePool: 2, resumeDays: 7 },
    createLogger('silent'),
  );
  await desk.close();
  project.provide('postgresUrl', postgres.url());
  project.provide('redisUrl', redis.url);
  return async () => {
    await redis.stop();
    await postgres.stop();
  };
}
