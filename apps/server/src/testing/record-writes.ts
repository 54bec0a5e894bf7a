import { waitFor, type World } from './world.ts';

/** What requests and workers write whatever is asked: counts of requests, positions of events, uses of credentials. */
const unrelated = [
  'rate_limit',
  'stream',
  'event',
  'session',
  'access_token',
  'password_request',
  'security_event',
  'search_document',
  'search_word',
];

export interface RecordedWrites {
  /** Waits until the workers have done what earlier operations left them, and forgets what they wrote. */
  settle(): Promise<void>;
  /** The tables that were written since. */
  take(): Promise<string[]>;
  stop(): Promise<void>;
}

/**
 * Records which tables are written, by triggers: `event` counts by its inserts, credentials by all of their columns but the
 * time of their last use, and attempts at background work by the rows that no worker leases.
 */
export async function recordWrites(world: World): Promise<RecordedWrites> {
  await world.sql(`create table written (name text not null)`);
  await world.sql(`
    create function record_write() returns trigger language plpgsql as $$
    begin
      insert into written values (tg_table_name);
      return null;
    end $$`);
  await world.sql(`
    create function record_change() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'UPDATE' or to_jsonb(new) - 'last_used_at' <> to_jsonb(old) - 'last_used_at' then
        insert into written values (tg_table_name);
      end if;
      return null;
    end $$`);
  const tables = await world.sql<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'written'`,
  );
  for (const { name } of tables) {
    if (unrelated.includes(name) || name === 'work_attempt') continue;
    await world.sql(
      `create trigger record_write after insert or update or delete on ${name} for each statement execute function record_write()`,
    );
  }
  // Workers lease the work that they attempt. A request that retries or discards failed work changes rows without a lease.
  await world.sql(`
    create function record_unleased() returns trigger language plpgsql as $$
    begin
      if old.lease_id is null and new.lease_id is null then
        insert into written values (tg_table_name);
      end if;
      return null;
    end $$`);
  await world.sql(
    'create trigger record_write after insert or update or delete on work_attempt for each row execute function record_unleased()',
  );
  await world.sql('create trigger record_write after insert on event for each statement execute function record_write()');
  for (const name of ['session', 'access_token']) {
    await world.sql(
      `create trigger record_write after insert or update or delete on ${name} for each row execute function record_change()`,
    );
  }
  return {
    async settle() {
      await waitFor(
        async () => (await world.sql('select 1 from event where position is null limit 1')).length === 0,
        'events to be positioned',
      );
      await waitFor(async () => (await world.sql('select 1 from bulk_job where finished_at is null limit 1')).length === 0, 'jobs to end');
      await world.sql('delete from written');
    },
    async take() {
      const rows = await world.sql<{ name: string }>('delete from written returning name');
      return [...new Set(rows.map(({ name }) => name))].sort();
    },
    async stop() {
      await world.sql('drop function record_write, record_change, record_unleased cascade');
      await world.sql('drop table written');
    },
  };
}
