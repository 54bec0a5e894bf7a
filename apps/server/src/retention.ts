import type { Retention } from './config.ts';
import type { RetentionRule } from './platform/housekeeping.ts';

/** Deletes rows by their ctid, so that a batch is found by the index of the condition alone. */
function rowsOf(table: string, condition: string): RetentionRule {
  return {
    table,
    sql: (batch) => `delete from ${table} where ctid = any(array(select ctid from ${table} where ${condition} limit ${batch})) returning 1`,
  };
}

const ago = (days: number) => `now() - interval '${days} days'`;

/** A week is longer than any client retries a request. */
const requestDays = 7;
/** Nothing uses what expired; a week is left to look into a fault. */
const expiredDays = 7;
/** Events are deleted one day after the last client could have resumed from them, so clocks that differ lose nothing. */
const resumeMarginDays = 1;

/** How long rows that only grow in number are kept. `apps/docs/operations.md` documents each. */
export function retentionRules({ notificationDays, emailDays, bulkResultDays }: Retention, resumeDays: number): RetentionRule[] {
  const finished = `j.finished_at < ${ago(bulkResultDays)} and j.cleaned_at is null
    and not exists (select from bulk_job u where u.workspace_id = j.workspace_id and u.undo_of_id = j.id and u.finished_at is null)`;
  return [
    rowsOf('idempotency_key', `created_at < ${ago(requestDays)}`),
    rowsOf('message_receipt', `created_at < ${ago(requestDays)}`),
    // The mark that a draft was sent rejects late saves, and none is that late.
    rowsOf('draft', `finished and updated_at < ${ago(requestDays)}`),
    rowsOf('outgoing_mail', `created_at < ${ago(emailDays)}`),
    rowsOf('outgoing_push', `created_at < ${ago(expiredDays)}`),
    rowsOf('session', `expires_at < ${ago(expiredDays)}`),
    rowsOf('letter', `expires_at < ${ago(expiredDays)}`),
    // One that the app does not show is never read.
    rowsOf('notification', `(read_at is not null or not in_app) and created_at < ${ago(notificationDays)}`),
    {
      table: 'bulk_item',
      sql: (batch) =>
        `delete from bulk_item where ctid = any(array(
           select i.ctid from bulk_job j join bulk_item i on i.workspace_id = j.workspace_id and i.job_id = j.id
           where ${finished} limit ${batch})) returning 1`,
    },
    {
      table: 'bulk_job',
      sql: (batch) =>
        `update bulk_job set cleaned_at = now() where ctid = any(array(
           select j.ctid from bulk_job j
           where ${finished} and not exists (select from bulk_item i where i.workspace_id = j.workspace_id and i.job_id = j.id)
           limit ${batch})) returning 1`,
    },
    {
      table: 'event',
      isLog: true,
      // Events of tickets are their activity log, which is kept as long as the ticket; so is what caused one of them.
      sql: (batch) =>
        `delete from event where ctid = any(array(
           select e.ctid from event e
           where e.ticket_id is null and e.position is not null and e.at < ${ago(resumeDays + resumeMarginDays)}
             and not exists (select from event c where c.workspace_id = e.workspace_id and c.cause_id = e.id)
           limit ${batch})) returning 1`,
    },
    {
      table: 'attachment',
      sql: (batch) =>
        `with gone as (
           delete from attachment where ctid = any(array(
             select ctid from attachment where owner_kind is null and created_at < ${ago(requestDays)} limit ${batch}))
           returning storage_key)
         insert into discarded_file (storage_key, discarded_at) select storage_key, now() from gone
           on conflict (storage_key) do update set discarded_at = excluded.discarded_at returning 1`,
    },
    {
      table: 'security_event',
      sql: (batch) =>
        `delete from security_event where ctid = any(array(
           select old.ctid from workspace w cross join lateral (
             select e.ctid from security_event e
             where e.workspace_id = w.id and e.at < now() - w.security_log_days * interval '1 day' limit ${batch}) old
           where w.security_log_days is not null limit ${batch})) returning 1`,
    },
  ];
}
