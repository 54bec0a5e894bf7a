import { Migration } from '@mikro-orm/migrations';

/** Tickets that are deleted and can be restored, and what becomes of those that nobody moves any more. */
export class Migration0018Lifecycle extends Migration {
  override up(): void {
    this.addSql(`
      alter table ticket add column deleted_at timestamptz(3), add column deleted_by_id uuid, add column stale_at timestamptz(3);
      alter table workspace
        add column reopen_days integer not null default 14,
        add column close_after_days integer,
        add column stale_after_days integer,
        add column stale_close_days integer,
        add column close_notice text not null default '',
        add column stale_notice text not null default '',
        add column lifecycle_version integer not null default 1;
      create index ticket_deleted_index on ticket (workspace_id, deleted_at desc, id desc) where deleted_at is not null;
      create index ticket_waits_index on ticket (workspace_id, category, status_since)
        where category in ('RESOLVED', 'WAITING') and stale_at is null and deleted_at is null;
      create index ticket_stale_index on ticket (workspace_id, stale_at) where stale_at is not null and deleted_at is null;
    `);
    // Lists and counts leave deleted tickets out by the index itself.
    this.addSql(indexes('where deleted_at is null'));
    this.addSql(facets(`'deletedAt', (extract(epoch from t.deleted_at) * 1000)::bigint,`));
    this.addSql(clientTicket('where t.deleted_at is null'));
  }

  override down(): void {
    this.addSql(clientTicket(''));
    this.addSql(facets(''));
    this.addSql('drop index ticket_deleted_index, ticket_waits_index, ticket_stale_index');
    this.addSql(indexes(''));
    this.addSql(`
      alter table ticket drop column deleted_at, drop column deleted_by_id, drop column stale_at;
      alter table workspace drop column reopen_days, drop column close_after_days, drop column stale_after_days,
        drop column stale_close_days, drop column close_notice, drop column stale_notice, drop column lifecycle_version;
    `);
  }
}

function indexes(where: string): string {
  return `
    drop index ticket_category_index, ticket_assignee_index, ticket_team_index, ticket_open_index, ticket_unassigned_index;
    create index ticket_category_index on ticket (workspace_id, category, updated_at desc, id desc) ${where};
    create index ticket_assignee_index on ticket (workspace_id, assignee_id, category, updated_at desc, id desc) ${where};
    create index ticket_team_index on ticket (workspace_id, team_id, category, updated_at desc, id desc) ${where};
    create index ticket_open_index on ticket (workspace_id, updated_at desc, id desc)
      where category in ('NEW', 'OPEN', 'IN_PROGRESS', 'WAITING') ${where.replace('where', 'and')};
    create index ticket_unassigned_index on ticket (workspace_id, updated_at desc, id desc)
      where assignee_id is null and category in ('NEW', 'OPEN', 'IN_PROGRESS', 'WAITING') ${where.replace('where', 'and')};
  `;
}

function clientTicket(where: string): string {
  return `
    create or replace view client_ticket as
      select t.workspace_id, t.id as ticket_id, w.name as workspace, t.number, t.subject,
        case t.category when 'SPAM' then 'CLOSED' else t.category end as state,
        t.created_at, t.status_since as state_since,
        case when t.category in ('CLOSED', 'SPAM') then t.status_since + interval '30 days' end as readable_until
      from ticket t join workspace w on w.id = t.workspace_id ${where};
  `;
}

function facets(further: string): string {
  const ms = (column: string) => `(extract(epoch from t.${column}) * 1000)::bigint`;
  return `
    create or replace function ticket_facets(t ticket) returns jsonb language sql stable as $$
      select jsonb_build_object(
        ${further}
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
