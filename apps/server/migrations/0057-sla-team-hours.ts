import { Migration } from '@mikro-orm/migrations';

/** Clocks of a team are measured again when its business hours change, and policies are re-applied with every calendar. */
export class Migration0057SlaTeamHours extends Migration {
  override up(): void {
    this.addSql(`
      -- No reference to the ticket: its check at commit would wait for the lock of a change that waits for the team.
      create table sla_recount (
        workspace_id uuid not null,
        ticket_id uuid not null,
        asked_at timestamptz(3) not null,
        primary key (workspace_id, ticket_id)
      );
      create index sla_recount_asked_index on sla_recount (asked_at);

      -- The version of each calendar when the policy was last re-applied.
      alter table sla_policy add column applied_calendars jsonb;
      update sla_policy p set applied_calendars = coalesce((
        select jsonb_build_object(v.calendar_id::text, p.applied_calendar_version) from sla_policy_version v
          where v.workspace_id = p.workspace_id and v.policy_id = p.id and v.version = p.applied_version
            and v.calendar_id is not null and p.applied_calendar_version is not null), '{}')
        where p.applied_version is not null;
      alter table sla_policy drop column applied_calendar_version;
    `);
  }

  override down(): void {
    this.addSql(`
      alter table sla_policy add column applied_calendar_version integer;
      update sla_policy p set applied_calendar_version = (
        select (p.applied_calendars ->> v.calendar_id::text)::integer from sla_policy_version v
          where v.workspace_id = p.workspace_id and v.policy_id = p.id and v.version = p.applied_version);
      alter table sla_policy drop column applied_calendars;
      drop table sla_recount;
    `);
  }
}
