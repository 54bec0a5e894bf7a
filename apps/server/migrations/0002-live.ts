import { Migration } from '@mikro-orm/migrations';

/**
 * What live delivery needs. Every event about a ticket carries the ticket's facets: all that filters and policies look
 * at. With those of the event before it, each node knows from the log alone which lists a ticket entered, stayed in or
 * left, exactly and in order, without reading rows that may have moved on.
 */
export class Migration0002Live extends Migration {
  override up(): void {
    this.addSql(`
      alter table ticket add column status_since timestamptz(3), add column snoozed_until timestamptz(3);
      update ticket t set status_since = coalesce(
        (select max(e.at) from event e where e.workspace_id = t.workspace_id and e.ticket_id = t.id and e.changes @> '[{"field": "statusId"}]'),
        t.created_at);
      alter table ticket alter column status_since set not null;
      create index ticket_status_since_index on ticket (workspace_id, status_since, id);
      create index ticket_snoozed_index on ticket (workspace_id, snoozed_until, id) where snoozed_until is not null;
    `);
    this.addSql(`
      create function ticket_facets(t ticket) returns jsonb language sql stable as $$
        select jsonb_build_object(
          'category', t.category,
          'priority', t.priority,
          'assigneeId', t.assignee_id,
          'teamId', t.team_id,
          'topicId', t.topic_id,
          'requesterId', t.requester_id,
          'dueAt', (extract(epoch from t.due_at) * 1000)::bigint,
          'statusSince', (extract(epoch from t.status_since) * 1000)::bigint,
          'snoozedUntil', (extract(epoch from t.snoozed_until) * 1000)::bigint,
          'tagIds', (select coalesce(jsonb_agg(k.tag_id), '[]') from ticket_tag k where k.workspace_id = t.workspace_id and k.ticket_id = t.id),
          'grantedIds', (select coalesce(jsonb_agg(distinct g.member_id), '[]') from ticket_grant g
            where g.workspace_id = t.workspace_id and g.ticket_id = t.id))
      $$;
      alter table event add column facets jsonb;
      update event e set facets = ticket_facets(t) from ticket t
        where t.workspace_id = e.workspace_id and t.id = e.ticket_id and t.version = e.ticket_version;
    `);
    this.addSql(`
      create table idempotency_key (
        workspace_id uuid not null,
        member_id uuid not null,
        key text not null,
        operation text not null,
        payload_hash text not null,
        result_id uuid not null,
        created_at timestamptz(3) not null,
        primary key (workspace_id, member_id, key),
        foreign key (workspace_id, member_id) references member on delete cascade deferrable initially deferred
      );
      create index idempotency_key_created_index on idempotency_key (created_at);
      create table draft (
        workspace_id uuid not null,
        member_id uuid not null,
        ticket_id uuid not null,
        kind text not null,
        id uuid not null,
        body text not null,
        revision integer not null,
        finished boolean not null,
        updated_at timestamptz(3) not null,
        primary key (workspace_id, member_id, ticket_id, kind),
        foreign key (workspace_id, member_id) references member on delete cascade deferrable initially deferred,
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred
      );
    `);
  }

  override down(): void {
    this.addSql(`
      drop table draft, idempotency_key;
      alter table event drop column facets;
      drop function ticket_facets(ticket);
      alter table ticket drop column status_since, drop column snoozed_until;
    `);
  }
}
