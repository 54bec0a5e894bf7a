import { Migration } from '@mikro-orm/migrations';

/** Who serves which topics, forms filled in before, tickets that were split, and conversations that belong to none yet. */
export class Migration0022Intake extends Migration {
  override up(): void {
    this.addSql(`
      create table skill_group (
        workspace_id uuid not null references workspace on delete cascade,
        id uuid not null,
        name text not null,
        version integer not null default 1,
        primary key (workspace_id, id),
        unique (workspace_id, name)
      );
      create table skill_group_member (
        workspace_id uuid not null,
        skill_group_id uuid not null,
        member_id uuid not null,
        primary key (workspace_id, skill_group_id, member_id),
        foreign key (workspace_id, skill_group_id) references skill_group on delete cascade,
        foreign key (workspace_id, member_id) references member on delete cascade
      );
      create index skill_group_member_index on skill_group_member (workspace_id, member_id);
      -- A topic is served by one group; those under it too, where they have none of their own.
      create table skill_group_topic (
        workspace_id uuid not null,
        topic_id uuid not null,
        skill_group_id uuid not null,
        primary key (workspace_id, topic_id),
        foreign key (workspace_id, skill_group_id) references skill_group on delete cascade,
        foreign key (workspace_id, topic_id) references topic on delete cascade
      );
      create index skill_group_topic_index on skill_group_topic (workspace_id, skill_group_id);
      create table ticket_template (
        workspace_id uuid not null references workspace on delete cascade,
        id uuid not null,
        name text not null,
        subject text not null default '',
        description text not null default '',
        priority text,
        topic_id uuid,
        team_id uuid,
        watcher_ids uuid[] not null default '{}',
        fields jsonb not null default '[]',
        version integer not null default 1,
        primary key (workspace_id, id),
        unique (workspace_id, name)
      );
      create table split (
        workspace_id uuid not null,
        id uuid not null,
        source_id uuid not null,
        ticket_id uuid not null,
        split_at timestamptz(3) not null,
        split_by_id uuid,
        undone_at timestamptz(3),
        primary key (workspace_id, id),
        foreign key (workspace_id, source_id) references ticket on delete cascade deferrable initially deferred,
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred
      );
      create unique index split_ticket_index on split (workspace_id, ticket_id);
      create index split_source_index on split (workspace_id, source_id);
      create table split_item (
        workspace_id uuid not null,
        split_id uuid not null,
        kind text not null check (kind in ('NOTE', 'MESSAGE')),
        item_id uuid not null,
        -- The conversation that a message goes back to.
        from_id uuid,
        primary key (workspace_id, split_id, kind, item_id),
        foreign key (workspace_id, split_id) references split on delete cascade
      );
      alter table conversation add column last_message_at timestamptz(3), add column closed_at timestamptz(3);
      update conversation c set last_message_at = coalesce((select max(m.created_at) from message m
        where m.workspace_id = c.workspace_id and m.conversation_id = c.id), c.created_at);
      alter table conversation alter column last_message_at set not null;
      create index conversation_open_index on conversation (workspace_id, last_message_at desc, id desc)
        where ticket_id is null and closed_at is null;
    `);
  }

  override down(): void {
    this.addSql(`
      drop index conversation_open_index;
      alter table conversation drop column last_message_at, drop column closed_at;
      drop table split_item, split, ticket_template, skill_group_topic, skill_group_member, skill_group;
    `);
  }
}
