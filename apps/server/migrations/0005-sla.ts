import { Migration } from '@mikro-orm/migrations';

/**
 * SLA that explains itself: business calendars and policies in versions that are never changed, clocks pinned to the
 * versions they run by, cycles, warnings, and a ledger of every stretch of a clock's life.
 */
export class Migration0005Sla extends Migration {
  override up(): void {
    this.addSql(`
      create table sla_calendar (
        workspace_id uuid not null references workspace deferrable initially deferred,
        id uuid not null,
        name text not null,
        version integer not null,
        primary key (workspace_id, id),
        unique (workspace_id, name)
      );
      create table sla_calendar_version (
        workspace_id uuid not null,
        calendar_id uuid not null,
        version integer not null,
        time_zone text not null,
        week jsonb not null,
        holidays jsonb not null,
        saved_by_id uuid,
        saved_at timestamptz(3) not null,
        message text not null,
        primary key (workspace_id, calendar_id, version),
        foreign key (workspace_id, calendar_id) references sla_calendar on delete cascade deferrable initially deferred
      );
      alter table sla_policy
        add column fallback boolean not null default false,
        add column version integer not null default 1,
        add column applied_version integer,
        add column applied_calendar_version integer;
      update sla_policy p set fallback = true
        where p.place = (select max(o.place) from sla_policy o where o.workspace_id = p.workspace_id);
      create unique index sla_policy_fallback_unique on sla_policy (workspace_id) where fallback;
      create table sla_policy_version (
        workspace_id uuid not null,
        policy_id uuid not null,
        version integer not null,
        conditions jsonb not null,
        calendar_id uuid,
        targets jsonb not null,
        warning jsonb not null,
        steps jsonb not null default '[]',
        saved_by_id uuid,
        saved_at timestamptz(3) not null,
        message text not null,
        primary key (workspace_id, policy_id, version),
        foreign key (workspace_id, policy_id) references sla_policy on delete cascade deferrable initially deferred,
        foreign key (workspace_id, calendar_id) references sla_calendar deferrable initially deferred
      );
      insert into sla_policy_version (workspace_id, policy_id, version, conditions, targets, warning, saved_at, message)
        select p.workspace_id, p.id, 1, '{}',
          coalesce((select jsonb_object_agg(m.metric, m.by_priority) from (
            select t.metric, jsonb_object_agg(t.priority, jsonb_build_object('amount', t.minutes, 'unit', 'MINUTES')) as by_priority
            from sla_target t where t.workspace_id = p.workspace_id and t.policy_id = p.id group by t.metric) m), '{}'),
          '{"share": 0.75, "beforeMinutes": 15}', w.created_at, ''
        from sla_policy p join workspace w on w.id = p.workspace_id;
      drop table sla_target;
    `);
    this.addSql(`
      alter table sla_clock
        add column cycle integer not null default 1,
        add column policy_version integer not null default 1,
        add column calendar_id uuid,
        add column calendar_version integer,
        add column warn_at timestamptz(3),
        add column warned_at timestamptz(3),
        alter column target_ms drop not null,
        drop constraint sla_clock_pkey,
        add primary key (workspace_id, ticket_id, metric, cycle),
        add foreign key (workspace_id, calendar_id, calendar_version) references sla_calendar_version deferrable initially deferred;
      create index sla_clock_warn_index on sla_clock (warn_at) where warn_at is not null;
      create index sla_clock_pinned_index on sla_clock (workspace_id, policy_id, policy_version) where stopped_at is null;
      create index sla_clock_ended_index on sla_clock (workspace_id, (coalesce(stopped_at, breached_at))) where cancelled_at is null;
      create index ticket_created_index on ticket (workspace_id, created_at);
      create index ticket_resolved_index on ticket (workspace_id, resolved_at) where resolved_at is not null;
      create index sla_clock_running_index on sla_clock (workspace_id, policy_id) where running_since is not null;
      create table sla_segment (
        workspace_id uuid not null,
        ticket_id uuid not null,
        metric text not null,
        cycle integer not null,
        from_at timestamptz(3) not null,
        to_at timestamptz(3),
        running boolean not null,
        reason text not null,
        policy_id uuid not null,
        policy_version integer not null,
        calendar_id uuid,
        calendar_version integer,
        primary key (workspace_id, ticket_id, metric, cycle, from_at),
        foreign key (workspace_id, ticket_id, metric, cycle) references sla_clock on delete cascade deferrable initially deferred
      );
      insert into sla_segment (workspace_id, ticket_id, metric, cycle, from_at, to_at, running, reason, policy_id, policy_version)
        select workspace_id, ticket_id, metric, cycle,
          coalesce(running_since, stopped_at, cancelled_at, now()) - elapsed_ms * interval '1 millisecond',
          case when running_since is null then coalesce(stopped_at, cancelled_at, now()) end, true, 'BEFORE_THE_LEDGER', policy_id, policy_version
        from sla_clock;
      insert into sla_segment (workspace_id, ticket_id, metric, cycle, from_at, to_at, running, reason, policy_id, policy_version)
        select workspace_id, ticket_id, metric, cycle, to_at, null, false, 'BEFORE_THE_LEDGER', policy_id, policy_version
        from sla_segment where to_at is not null;
    `);
  }

  override down(): void {
    this.addSql(`
      drop index ticket_created_index, ticket_resolved_index;
      drop table sla_segment;
      delete from sla_clock where cycle > 1 or target_ms is null or metric not in ('FIRST_RESPONSE', 'RESOLUTION');
      alter table sla_clock
        drop constraint sla_clock_pkey,
        add primary key (workspace_id, ticket_id, metric),
        alter column target_ms set not null,
        drop column cycle, drop column policy_version, drop column calendar_id, drop column calendar_version,
        drop column warn_at, drop column warned_at;
      create table sla_target (
        workspace_id uuid not null,
        policy_id uuid not null,
        metric text not null,
        priority text not null,
        minutes integer not null check (minutes > 0),
        primary key (workspace_id, policy_id, metric, priority),
        foreign key (workspace_id, policy_id) references sla_policy on delete cascade deferrable initially deferred
      );
      insert into sla_target (workspace_id, policy_id, metric, priority, minutes)
        select v.workspace_id, v.policy_id, m.key, t.key,
          (t.value->>'amount')::integer * case t.value->>'unit' when 'DAYS' then 1440 when 'HOURS' then 60 else 1 end
        from sla_policy_version v join sla_policy p on p.workspace_id = v.workspace_id and p.id = v.policy_id and p.version = v.version,
          jsonb_each(v.targets) m, jsonb_each(m.value) t
        where m.key in ('FIRST_RESPONSE', 'RESOLUTION') and t.value <> 'null';
      drop table sla_policy_version;
      drop index sla_policy_fallback_unique;
      alter table sla_policy drop column fallback, drop column version, drop column applied_version, drop column applied_calendar_version;
      drop table sla_calendar_version, sla_calendar;
    `);
  }
}
