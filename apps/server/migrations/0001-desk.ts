import { Migration } from '@mikro-orm/migrations';

/**
 * The desk from nothing. Every row belongs to a workspace and every primary key leads with it, so that the tables can
 * be distributed by workspace. Only `account` stands above: one person may be a member of several workspaces.
 * Foreign keys are checked at commit: use cases write rows in the order in which they think of them.
 * Instants are timestamptz(3): JavaScript dates hold milliseconds, and a cursor over finer ones would skip rows.
 */
export class Migration0001Desk extends Migration {
  override up(): void {
    this.addSql(`create extension if not exists pg_trgm`);
    this.addSql(`
      create table workspace (
        id uuid primary key,
        name text not null,
        slug text not null unique,
        demo boolean not null default false,
        created_at timestamptz(3) not null
      );
      create table account (
        id uuid primary key,
        email text not null unique,
        password_hash text not null,
        created_at timestamptz(3) not null
      );
      create table member (
        workspace_id uuid not null references workspace deferrable initially deferred,
        id uuid not null,
        account_id uuid not null references account deferrable initially deferred,
        name text not null,
        email text not null,
        role text not null,
        all_teams boolean not null,
        active boolean not null default true,
        locale text not null default 'en',
        created_at timestamptz(3) not null,
        primary key (workspace_id, id),
        unique (workspace_id, account_id),
        unique (workspace_id, email)
      );
      create index member_account_index on member (account_id);
      create table team (
        workspace_id uuid not null references workspace deferrable initially deferred,
        id uuid not null,
        name text not null,
        primary key (workspace_id, id),
        unique (workspace_id, name)
      );
      create table team_member (
        workspace_id uuid not null,
        team_id uuid not null,
        member_id uuid not null,
        primary key (workspace_id, team_id, member_id),
        foreign key (workspace_id, team_id) references team on delete cascade deferrable initially deferred,
        foreign key (workspace_id, member_id) references member on delete cascade deferrable initially deferred
      );
      create index team_member_member_index on team_member (workspace_id, member_id);
      create table session (
        workspace_id uuid not null,
        id uuid not null,
        member_id uuid not null,
        token_hash text not null unique,
        user_agent text not null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        primary key (workspace_id, id),
        foreign key (workspace_id, member_id) references member on delete cascade deferrable initially deferred
      );
      create index session_member_index on session (workspace_id, member_id);
      create table access_token (
        workspace_id uuid not null,
        id uuid not null,
        member_id uuid not null,
        name text not null,
        token_hash text not null unique,
        hint text not null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3),
        last_used_at timestamptz(3),
        revoked_at timestamptz(3),
        primary key (workspace_id, id),
        foreign key (workspace_id, member_id) references member on delete cascade deferrable initially deferred
      );
      create index access_token_member_index on access_token (workspace_id, member_id);
    `);
    this.addSql(`
      create table contact (
        workspace_id uuid not null references workspace deferrable initially deferred,
        id uuid not null,
        name text not null,
        email text,
        phone text,
        organization text,
        external_id text,
        locale text not null default 'en',
        created_at timestamptz(3) not null,
        primary key (workspace_id, id)
      );
      create unique index contact_email_unique on contact (workspace_id, email);
      create unique index contact_external_id_unique on contact (workspace_id, external_id);
      create index contact_name_index on contact (workspace_id, name, id);
      create index contact_search_index on contact using gin ((lower(name) || ' ' || coalesce(email, '')) gin_trgm_ops);
    `);
    this.addSql(`
      create table topic (
        workspace_id uuid not null references workspace deferrable initially deferred,
        id uuid not null,
        name jsonb not null,
        parent_id uuid,
        place integer not null,
        primary key (workspace_id, id),
        foreign key (workspace_id, parent_id) references topic deferrable initially deferred
      );
      create table status (
        workspace_id uuid not null references workspace deferrable initially deferred,
        id uuid not null,
        category text not null,
        name jsonb not null,
        color text not null,
        waiting_on text,
        place integer not null,
        primary key (workspace_id, id)
      );
      create table tag (
        workspace_id uuid not null references workspace deferrable initially deferred,
        id uuid not null,
        name text not null,
        primary key (workspace_id, id)
      );
      create unique index tag_name_unique on tag (workspace_id, lower(name));
      create table ticket_counter (
        workspace_id uuid primary key references workspace deferrable initially deferred,
        last_number integer not null
      );
      create table ticket (
        workspace_id uuid not null references workspace deferrable initially deferred,
        id uuid not null,
        number integer not null,
        subject text not null,
        description text not null,
        status_id uuid not null,
        category text not null,
        priority text not null,
        topic_id uuid,
        assignee_id uuid,
        team_id uuid,
        requester_id uuid,
        source text not null,
        due_at timestamptz(3),
        version integer not null,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null,
        resolved_at timestamptz(3),
        primary key (workspace_id, id),
        unique (workspace_id, number),
        foreign key (workspace_id, status_id) references status deferrable initially deferred,
        foreign key (workspace_id, topic_id) references topic deferrable initially deferred,
        foreign key (workspace_id, assignee_id) references member deferrable initially deferred,
        foreign key (workspace_id, team_id) references team deferrable initially deferred,
        foreign key (workspace_id, requester_id) references contact deferrable initially deferred
      );
      create index ticket_category_index on ticket (workspace_id, category, updated_at desc, id desc);
      create index ticket_assignee_index on ticket (workspace_id, assignee_id, category, updated_at desc, id desc);
      create index ticket_team_index on ticket (workspace_id, team_id, category, updated_at desc, id desc);
      create index ticket_open_index on ticket (workspace_id, updated_at desc, id desc) where category in ('NEW', 'OPEN', 'IN_PROGRESS', 'WAITING');
      create index ticket_unassigned_index on ticket (workspace_id, updated_at desc, id desc) where assignee_id is null and category in ('NEW', 'OPEN', 'IN_PROGRESS', 'WAITING');
      create index ticket_updated_index on ticket (workspace_id, updated_at desc, id desc);
      create index ticket_due_index on ticket (workspace_id, due_at, id);
      create index ticket_requester_index on ticket (workspace_id, requester_id);
      create table ticket_tag (
        workspace_id uuid not null,
        ticket_id uuid not null,
        tag_id uuid not null,
        primary key (workspace_id, ticket_id, tag_id),
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred,
        foreign key (workspace_id, tag_id) references tag on delete cascade deferrable initially deferred
      );
      create index ticket_tag_tag_index on ticket_tag (workspace_id, tag_id);
      create table ticket_grant (
        workspace_id uuid not null,
        ticket_id uuid not null,
        member_id uuid not null,
        reason text not null,
        primary key (workspace_id, member_id, ticket_id, reason),
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred,
        foreign key (workspace_id, member_id) references member on delete cascade deferrable initially deferred
      );
      create index ticket_grant_ticket_index on ticket_grant (workspace_id, ticket_id);
    `);
    this.addSql(`
      create table watcher (
        workspace_id uuid not null,
        ticket_id uuid not null,
        member_id uuid not null,
        since timestamptz(3) not null,
        primary key (workspace_id, ticket_id, member_id),
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred,
        foreign key (workspace_id, member_id) references member on delete cascade deferrable initially deferred
      );
      create index watcher_member_index on watcher (workspace_id, member_id);
      create table note (
        workspace_id uuid not null,
        id uuid not null,
        ticket_id uuid not null,
        author_id uuid,
        author_name text not null,
        body text not null,
        version integer not null,
        created_at timestamptz(3) not null,
        edited_at timestamptz(3),
        deleted_at timestamptz(3),
        deleted_by_id uuid,
        primary key (workspace_id, id),
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred,
        foreign key (workspace_id, author_id) references member deferrable initially deferred,
        foreign key (workspace_id, deleted_by_id) references member deferrable initially deferred
      );
      create index note_ticket_index on note (workspace_id, ticket_id, created_at, id);
      create table note_mention (
        workspace_id uuid not null,
        note_id uuid not null,
        member_id uuid not null,
        primary key (workspace_id, note_id, member_id),
        foreign key (workspace_id, note_id) references note on delete cascade deferrable initially deferred,
        foreign key (workspace_id, member_id) references member on delete cascade deferrable initially deferred
      );
    `);
    this.addSql(`
      create table sla_policy (
        workspace_id uuid not null references workspace deferrable initially deferred,
        id uuid not null,
        name text not null,
        place integer not null,
        primary key (workspace_id, id)
      );
      create table sla_target (
        workspace_id uuid not null,
        policy_id uuid not null,
        metric text not null,
        priority text not null,
        minutes integer not null check (minutes > 0),
        primary key (workspace_id, policy_id, metric, priority),
        foreign key (workspace_id, policy_id) references sla_policy on delete cascade deferrable initially deferred
      );
      create table sla_clock (
        workspace_id uuid not null,
        ticket_id uuid not null,
        metric text not null,
        policy_id uuid not null,
        target_ms bigint not null,
        elapsed_ms bigint not null,
        running_since timestamptz(3),
        due_at timestamptz(3),
        stopped_at timestamptz(3),
        breached_at timestamptz(3),
        cancelled_at timestamptz(3),
        primary key (workspace_id, ticket_id, metric),
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred,
        foreign key (workspace_id, policy_id) references sla_policy deferrable initially deferred
      );
      create index sla_clock_due_index on sla_clock (due_at) where due_at is not null;
    `);
    this.addSql(`
      create table view (
        workspace_id uuid not null references workspace deferrable initially deferred,
        id uuid not null,
        key text not null,
        name jsonb not null,
        filter jsonb not null,
        sort text not null,
        place integer not null,
        primary key (workspace_id, id),
        unique (workspace_id, key)
      );
      create table stream (
        workspace_id uuid primary key references workspace deferrable initially deferred,
        epoch uuid not null,
        position bigint not null
      );
      create table event (
        workspace_id uuid not null references workspace deferrable initially deferred,
        id uuid not null,
        position bigint,
        type text not null,
        ticket_id uuid,
        ticket_version integer,
        actor_kind text not null,
        actor_id uuid,
        cause_id uuid,
        member_ids uuid[] not null,
        subject_id uuid,
        changes jsonb not null,
        at timestamptz(3) not null,
        primary key (workspace_id, id)
      );
      create unique index event_position_unique on event (workspace_id, position);
      create unique index event_ticket_version_unique on event (workspace_id, ticket_id, ticket_version desc);
      create index event_unpositioned_index on event (workspace_id) where position is null;
      create table notification (
        workspace_id uuid not null,
        id uuid not null,
        member_id uuid not null,
        ticket_id uuid not null,
        event_id uuid not null,
        reason text not null,
        type text not null,
        actor_id uuid,
        created_at timestamptz(3) not null,
        read_at timestamptz(3),
        primary key (workspace_id, id),
        unique (workspace_id, member_id, event_id),
        foreign key (workspace_id, member_id) references member on delete cascade deferrable initially deferred,
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred
      );
      create index notification_member_index on notification (workspace_id, member_id, created_at desc, id desc);
      create index notification_unread_index on notification (workspace_id, member_id) where read_at is null;
      create table import_run (
        workspace_id uuid not null references workspace deferrable initially deferred,
        fingerprint text not null,
        rows_done integer not null,
        rows_refused integer not null,
        updated_at timestamptz(3) not null,
        primary key (workspace_id, fingerprint)
      );
    `);
  }

  override down(): void {
    this.addSql(`
      drop table import_run, notification, event, stream, view, sla_clock, sla_target, sla_policy, note_mention, note,
        watcher, ticket_grant, ticket_tag, ticket, ticket_counter, tag, status, topic, contact, access_token, session,
        team_member, team, member, account, workspace
    `);
  }
}
