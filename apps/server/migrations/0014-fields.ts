import { Migration } from '@mikro-orm/migrations';

/** Fields of a workspace's own, and their values on tickets: texts in their canonical form, several for a choice of several. */
export class Migration0014Fields extends Migration {
  override up(): void {
    this.addSql(`
      create table custom_field (
        workspace_id uuid not null references workspace on delete cascade,
        id uuid not null,
        key text not null,
        type text not null,
        name jsonb not null,
        help text not null default '',
        topic_ids uuid[] not null default '{}',
        required text not null default 'NEVER' check (required in ('NEVER', 'ON_RESOLVE', 'ALWAYS')),
        default_values jsonb not null default '[]',
        options jsonb not null default '[]',
        minimum double precision,
        maximum double precision,
        for_light_agents boolean not null default true,
        place integer not null,
        version integer not null default 1,
        -- A field that was removed stays, so that history can be read.
        removed_at timestamptz(3),
        primary key (workspace_id, id)
      );
      create unique index custom_field_key_index on custom_field (workspace_id, key) where removed_at is null;
      create table ticket_field (
        workspace_id uuid not null,
        ticket_id uuid not null,
        field_id uuid not null,
        value jsonb not null check (jsonb_typeof(value) = 'array'),
        primary key (workspace_id, ticket_id, field_id),
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred,
        foreign key (workspace_id, field_id) references custom_field deferrable initially deferred
      );
      create index ticket_field_value_index on ticket_field using gin (workspace_id, field_id, value jsonb_path_ops);
    `);
    this.addSql(
      facets(
        `'fields', (select coalesce(jsonb_object_agg(v.field_id, v.value), '{}') from ticket_field v where v.workspace_id = t.workspace_id and v.ticket_id = t.id),`,
      ),
    );
    // Words of fields are found too; those that light agents do not see as little as the client's details.
    this.addSql(`
      create function field_text(in_workspace uuid, in_ticket uuid, in_light boolean) returns text language sql stable begin atomic
        select string_agg(coalesce(o.option -> 'name' ->> 'en', x.value) || ' ' || coalesce(o.option -> 'name' ->> 'uk', ''), ' ')
        from ticket_field v join custom_field f on f.workspace_id = v.workspace_id and f.id = v.field_id and f.removed_at is null
          and f.type in ('TEXT', 'LONG_TEXT', 'SELECT', 'MULTI_SELECT', 'URL', 'EMAIL', 'PHONE', 'EXTERNAL_ID')
        cross join lateral jsonb_array_elements_text(v.value) x(value)
        left join lateral (select e as option from jsonb_array_elements(f.options) e where e ->> 'id' = x.value) o on true
        where v.workspace_id = in_workspace and v.ticket_id = in_ticket and f.for_light_agents = in_light;
      end;
      create or replace view search_text as
        select t.workspace_id, t.id as ticket_id, 'SUBJECT' as source, 'A' as weight, search_plain(t.subject) as body, t.created_at from ticket t
        union all
        select t.workspace_id, t.id, 'CLIENT', 'A', search_plain(c.name), t.created_at
          from ticket t join contact c on c.workspace_id = t.workspace_id and c.id = t.requester_id
        union all
        -- An address is found whole and by its parts.
        select t.workspace_id, t.id, 'CLIENT', 'B', concat_ws(' ', c.email, translate(c.email, '@.', '  '), c.phone, c.external_id, c.organization), t.created_at
          from ticket t join contact c on c.workspace_id = t.workspace_id and c.id = t.requester_id
        union all
        select t.workspace_id, t.id, 'DESCRIPTION', 'C', search_rich(t.description), t.created_at from ticket t where t.description <> ''
        union all
        select c.workspace_id, c.ticket_id, 'MESSAGE', 'C', search_rich(m.body), m.created_at
          from conversation c join message m on m.workspace_id = c.workspace_id and m.conversation_id = c.id where c.ticket_id is not null
        union all
        select n.workspace_id, n.ticket_id, 'NOTE', 'D', search_rich(n.body), n.created_at from note n where n.deleted_at is null
        union all
        select t.workspace_id, t.id, 'FIELD', 'C', search_plain(field_text(t.workspace_id, t.id, true)), t.created_at from ticket t
          where exists (select from ticket_field v where v.workspace_id = t.workspace_id and v.ticket_id = t.id)
        union all
        select t.workspace_id, t.id, 'FIELD', 'B', search_plain(field_text(t.workspace_id, t.id, false)), t.created_at from ticket t
          where exists (select from ticket_field v where v.workspace_id = t.workspace_id and v.ticket_id = t.id);
    `);
  }

  override down(): void {
    this.addSql(facets(''));
    this.addSql(`
      create or replace view search_text as
        select t.workspace_id, t.id as ticket_id, 'SUBJECT' as source, 'A' as weight, search_plain(t.subject) as body, t.created_at from ticket t;
      drop function field_text;
      drop table ticket_field, custom_field;
    `);
  }
}

function facets(further: string): string {
  const ms = (column: string) => `(extract(epoch from t.${column}) * 1000)::bigint`;
  return `
    create or replace function ticket_facets(t ticket) returns jsonb language sql stable as $$
      select jsonb_build_object(
        ${further}
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
