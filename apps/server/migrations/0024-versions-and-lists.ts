import { Migration } from '@mikro-orm/migrations';

/**
 * Settings as they were saved, each to be seen and to be brought back; fields that clients see, and what texts in fields
 * look like; lists by who watches, when a ticket last changed and whether it was opened again; what a merge of two
 * clients needs to be undone.
 */
export class Migration0024VersionsAndLists extends Migration {
  override up(): void {
    this.addSql(`
      create table setting_version (
        workspace_id uuid not null references workspace,
        id uuid not null,
        kind text not null,
        setting_id uuid not null,
        version integer not null,
        state jsonb not null,
        deleted boolean not null,
        saved_by_id uuid,
        saved_at timestamptz(3),
        primary key (workspace_id, id),
        unique (workspace_id, kind, setting_id, version),
        foreign key (workspace_id, saved_by_id) references member
      );
      create index setting_version_kind_index on setting_version (workspace_id, kind, id);
      create trigger setting_version_is_append_only before update or delete on setting_version
        for each row execute function refuse_change();
      alter table tag add column version integer not null default 1;
      alter table team add column version integer not null default 1;
      alter table workspace add column priorities_version integer not null default 1;
    `);
    this.addSql(
      facets(`'watcherIds', (select coalesce(jsonb_agg(w.member_id order by w.member_id), '[]') from watcher w
          where w.workspace_id = t.workspace_id and w.ticket_id = t.id),
        'updatedAt', (extract(epoch from t.updated_at) * 1000)::bigint,
        'reopened', t.reopen_count > 0,`),
    );
    // The newest event of a ticket says how it stands. Earlier ones know less, so that nobody may go on from before them.
    this.addSql(`
      update event e set facets = ticket_facets(t) from ticket t
        where t.workspace_id = e.workspace_id and t.id = e.ticket_id and t.version = e.ticket_version;
      update stream set epoch = gen_random_uuid();
      update view set place = place + 1 where place > (select place from view b where b.workspace_id = view.workspace_id and b.key = 'my-team');
      insert into view (workspace_id, id, key, name, text, filter, sort, place)
        select workspace_id, gen_random_uuid(), 'watched', '{"en": "Watched", "uk": "Спостерігаю"}', 'watcher:me is:open',
          '{"watched": true, "categories": ["NEW", "OPEN", "IN_PROGRESS", "WAITING"]}', 'UPDATED', place + 1
        from view where key = 'my-team' on conflict do nothing;
    `);
    this.addSql(`
      create table contact_merge (
        workspace_id uuid not null,
        id uuid not null,
        source_id uuid not null,
        destination_id uuid not null,
        merged_at timestamptz(3) not null,
        merged_by_id uuid,
        undone_at timestamptz(3),
        undone_by_id uuid,
        before jsonb not null,
        ticket_ids uuid[] not null,
        conversation_ids uuid[] not null,
        concerned_ids uuid[] not null,
        taken_ids uuid[] not null,
        primary key (workspace_id, id),
        foreign key (workspace_id, source_id) references contact on delete cascade deferrable initially deferred,
        foreign key (workspace_id, destination_id) references contact on delete cascade deferrable initially deferred,
        foreign key (workspace_id, merged_by_id) references member,
        foreign key (workspace_id, undone_by_id) references member
      );
      create index contact_merge_destination_index on contact_merge (workspace_id, destination_id, merged_at desc);
      create index contact_merge_source_index on contact_merge (workspace_id, source_id);
      create index contact_merged_into_index on contact (workspace_id, merged_into_id) where merged_into_id is not null;
    `);
    this.addSql(`
      alter table custom_field add column for_clients boolean not null default false, add column pattern text not null default '';
      -- What a ticket has in the fields of its topic, and of the topics above it, that are for clients.
      create view client_ticket_field as
        select t.workspace_id, t.id as ticket_id, f.id as field_id, f.place, f.type, f.name, f.options, v.value
        from ticket t
        join ticket_field v on v.workspace_id = t.workspace_id and v.ticket_id = t.id
        join custom_field f on f.workspace_id = v.workspace_id and f.id = v.field_id and f.for_clients and f.removed_at is null
        left join topic own on own.workspace_id = t.workspace_id and own.id = t.topic_id
        left join topic above on above.workspace_id = own.workspace_id and above.id = own.parent_id
        left join topic higher on higher.workspace_id = above.workspace_id and higher.id = above.parent_id
        where f.topic_ids = '{}' or f.topic_ids && array[own.id, above.id, higher.id, higher.parent_id];
    `);
  }

  override down(): void {
    this.addSql(`delete from view where key = 'watched'`);
    this.addSql(facets(''));
    this.addSql(`
      drop index contact_merged_into_index;
      drop table contact_merge;
      drop view client_ticket_field;
      alter table custom_field drop column for_clients, drop column pattern;
      alter table workspace drop column priorities_version;
      alter table team drop column version;
      alter table tag drop column version;
      drop table setting_version;
    `);
  }
}

function facets(further: string): string {
  const ms = (column: string) => `(extract(epoch from t.${column}) * 1000)::bigint`;
  return `
    create or replace function ticket_facets(t ticket) returns jsonb language sql stable as $$
      select jsonb_build_object(
        ${further}
        'deletedAt', ${ms('deleted_at')},
        'fields', (select coalesce(jsonb_object_agg(v.field_id, v.value), '{}') from ticket_field v
          where v.workspace_id = t.workspace_id and v.ticket_id = t.id),
        'statusId', t.status_id,
        'source', t.source,
        'createdAt', ${ms('created_at')},
        'resolvedAt', ${ms('resolved_at')},
        'category', t.category,
        'priority', t.priority,
        'assigneeId', t.assignee_id,
        'teamId', t.team_id,
        'topicId', t.topic_id,
        'requesterId', t.requester_id,
        'dueAt', ${ms('due_at')},
        'statusSince', ${ms('status_since')},
        'snoozedUntil', ${ms('snoozed_until')},
        'tagIds', (select coalesce(jsonb_agg(k.tag_id), '[]') from ticket_tag k where k.workspace_id = t.workspace_id and k.ticket_id = t.id),
        'grantedIds', (select coalesce(jsonb_agg(distinct g.member_id), '[]') from ticket_grant g
          where g.workspace_id = t.workspace_id and g.ticket_id = t.id))
    $$;
  `;
}
