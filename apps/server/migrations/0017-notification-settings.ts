import { Migration } from '@mikro-orm/migrations';

/** What each member is told of, by which channel and when; and the browsers that are pushed to. */
export class Migration0017NotificationSettings extends Migration {
  override up(): void {
    this.addSql(`
      alter table notification
        add column kind text not null default 'CHANGED',
        add column cause_id uuid,
        add column count integer not null default 1,
        add column in_app boolean not null default true,
        add column mail_due_at timestamptz(3),
        add column push_due_at timestamptz(3);
      update notification set kind = case
        when reason = 'MENTIONED' then 'MENTION'
        when type = 'ticket.created' then 'CREATED'
        when type = 'ticket.assigned' then 'ASSIGNED'
        when type = 'ticket.status_changed' then 'STATUS'
        when type = 'message.received' then 'MESSAGE'
        when type = 'message.sent' then 'REPLY'
        when type like 'note.%' then 'NOTE'
        when type like 'sla.%' then 'SLA'
        when type = 'watcher.added' then 'WATCHING'
        else 'CHANGED' end;
      alter table notification alter column kind drop default;
      create index notification_mail_index on notification (mail_due_at) where mail_due_at is not null;
      create index notification_push_index on notification (push_due_at) where push_due_at is not null;
      create unique index notification_cause_index on notification (workspace_id, member_id, cause_id, kind)
        where cause_id is not null and read_at is null;

      create table notification_rule (
        workspace_id uuid not null,
        member_id uuid not null,
        kind text not null,
        scope text not null,
        in_app boolean not null,
        email boolean not null,
        push boolean not null,
        primary key (workspace_id, member_id, kind),
        foreign key (workspace_id, member_id) references member on delete cascade
      );
      create index notification_rule_team_index on notification_rule (workspace_id, kind) where scope = 'TEAM';

      create table notification_profile (
        workspace_id uuid not null,
        member_id uuid not null,
        time_zone text not null,
        quiet_from integer,
        quiet_to integer,
        quiet_days integer[] not null,
        email_every text not null,
        team_ids uuid[] not null,
        topic_ids uuid[] not null,
        primary key (workspace_id, member_id),
        foreign key (workspace_id, member_id) references member on delete cascade
      );

      create table notification_delivery (
        workspace_id uuid not null,
        member_id uuid not null,
        channel text not null,
        sent_at timestamptz(3) not null,
        primary key (workspace_id, member_id, channel),
        foreign key (workspace_id, member_id) references member on delete cascade
      );

      create table push_device (
        workspace_id uuid not null,
        id uuid not null,
        member_id uuid not null,
        session_id uuid not null,
        endpoint text not null,
        public_key text not null,
        auth text not null,
        created_at timestamptz(3) not null,
        primary key (workspace_id, id),
        unique (endpoint),
        foreign key (workspace_id, member_id) references member on delete cascade,
        foreign key (workspace_id, session_id) references session on delete cascade
      );
      create index push_device_member_index on push_device (workspace_id, member_id);
    `);
  }

  override down(): void {
    this.addSql(`
      drop table push_device, notification_delivery, notification_profile, notification_rule;
      drop index notification_cause_index, notification_push_index, notification_mail_index;
      alter table notification drop column kind, drop column cause_id, drop column count, drop column in_app,
        drop column mail_due_at, drop column push_due_at;
    `);
  }
}
