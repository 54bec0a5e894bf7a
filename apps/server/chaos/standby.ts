import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { startPostgres } from '@baton/launcher/postgres';
import pg from 'pg';

/** What a base backup leaves out: what is of the running process, and the log that the standby fetches itself. */
const left = ['postmaster.pid', 'postmaster.opts', `pg_wal${sep}`, `pg_replslot${sep}`, `pg_stat_tmp${sep}`];

/**
 * Starts a copy of a running PostgreSQL that follows it, and makes each commit wait for it. By the low-level backup that
 * PostgreSQL's manual describes, as the package brings no pg_basebackup.
 */
export async function standbyOf(primary: { port: number; url(): string }, from: string, to: string) {
  const session = new pg.Client(primary.url());
  await session.connect();
  try {
    await session.query(`set synchronous_commit = local`);
    await session.query(`alter system set wal_keep_size = '1GB'`);
    await session.query('select pg_reload_conf()');
    await session.query(`select pg_backup_start('standby', true)`);
    cpSync(from, to, { recursive: true, filter: (path) => !left.some((name) => `${relative(from, path)}`.startsWith(name)) });
    const { rows } = await session.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    for (const folder of ['pg_wal', 'pg_wal/archive_status', 'pg_wal/summaries', 'pg_replslot', 'pg_stat_tmp'])
      mkdirSync(join(to, folder), { recursive: true });
    writeFileSync(join(to, 'backup_label'), rows[0]?.labelfile ?? '');
    writeFileSync(join(to, 'standby.signal'), '');
    appendFileSync(join(to, 'postgresql.auto.conf'), `\nprimary_conninfo = 'host=127.0.0.1 port=${primary.port} user=postgres'\n`);
    const { uid, gid } = statSync(from);
    execFileSync('chown', ['-R', `${uid}:${gid}`, to]);
    execFileSync('chmod', ['700', to]);
    const standby = await startPostgres({ dataDir: to });
    await session.query(`alter system set synchronous_standby_names = '*'`);
    await session.query('select pg_reload_conf()');
    const following = () => session.query(`select 1 from pg_stat_replication where sync_state = 'sync'`);
    while ((await following()).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    return standby;
  } finally {
    await session.end();
  }
}
