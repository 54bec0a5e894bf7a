import { startPostgres } from '@baton/launcher/postgres';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The maintenance database of the PostgreSQL that all files share. */
    postgresUrl: string;
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres({ ephemeral: true });
  provide('postgresUrl', postgres.url());
  return () => postgres.stop();
}
