import { Migration } from '@mikro-orm/migrations';

/** SLA clocks that are measured by their present target, business hours of a team, and the status before spam. */
export class Migration0032SlaPresentTarget extends Migration {
  override up(): void {
    this.addSql(`
      alter table sla_clock add column overdue_since timestamptz(3);
      -- A breach that was recorded before the last change of the target says nothing of the present target: BreachWatch looks
      -- at such clocks again. Every other breached clock is over its target.
      update sla_clock set overdue_since = breached_at
        where breached_at is not null and target_ms is not null
          and (running_since is null or elapsed_ms >= target_ms or breached_at >= running_since)
          and (running_since is not null or elapsed_ms >= target_ms);
      update sla_clock set due_at = now()
        where breached_at is not null and overdue_since is null and running_since is not null and target_ms is not null;
    `);
    this.addSql(`
      alter table team add column calendar_id uuid,
        add foreign key (workspace_id, calendar_id) references sla_calendar deferrable initially deferred;
      alter table ticket add column status_before_spam_id uuid;
      -- What it was before it became spam, from the log.
      update ticket t set status_before_spam_id = (
        select (c ->> 'from')::uuid from event e, jsonb_array_elements(e.changes) c
          where e.workspace_id = t.workspace_id and e.ticket_id = t.id and c ->> 'field' = 'statusId' and c ->> 'to' = t.status_id::text
          order by e.ticket_version desc limit 1)
        where t.category = 'SPAM';
      update ticket t set status_before_spam_id = null where status_before_spam_id is not null and not exists (
        select 1 from status s where s.workspace_id = t.workspace_id and s.id = t.status_before_spam_id);
    `);
  }

  override down(): void {
    this.addSql(`
      alter table ticket drop column status_before_spam_id;
      alter table team drop column calendar_id;
      update sla_clock set due_at = null where breached_at is not null;
      alter table sla_clock drop column overdue_since;
    `);
  }
}
