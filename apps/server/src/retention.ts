import type { RetentionRule } from './platform/housekeeping.ts';

/** Deletes rows by their ctid, so that a batch is found by the index of the condition alone. */
function rowsOf(table: string, condition: string): RetentionRule {
  return {
    table,
    sql: (batch) => `delete from ${table} where ctid = any(array(select ctid from ${table} where ${condition} limit ${batch})) returning 1`,
  };
}

/** How long rows that only grow in number are kept. The README documents each. */
export const retentionRules: readonly RetentionRule[] = [
  // A browser that has been offline for a week has asked its user what to do.
  rowsOf('idempotency_key', `created_at < now() - interval '7 days'`),
  rowsOf('message_receipt', `created_at < now() - interval '7 days'`),
  // The mark that a draft was sent rejects late saves, and none is that late.
  rowsOf('draft', `finished and updated_at < now() - interval '7 days'`),
  rowsOf('outgoing_mail', `created_at < now() - interval '30 days'`),
  {
    table: 'attachment',
    sql: (batch) =>
      `with gone as (
         delete from attachment where ctid = any(array(
           select ctid from attachment where owner_kind is null and created_at < now() - interval '7 days' limit ${batch}))
         returning storage_key)
       insert into discarded_file (storage_key, discarded_at) select storage_key, now() from gone
         on conflict (storage_key) do update set discarded_at = excluded.discarded_at returning 1`,
  },
  {
    table: 'security_event',
    sql: (batch) =>
      `delete from security_event where ctid = any(array(
         select e.ctid from security_event e join workspace w on w.id = e.workspace_id
         where e.at < now() - w.security_log_days * interval '1 day' limit ${batch})) returning 1`,
  },
];
