import { Migration } from '@mikro-orm/migrations';

/** Two tickets about one thing become one, and can become two again. */
export class Migration0008Merges extends Migration {
  override up(): void {
    this.addSql(`
      alter table ticket add column merged_into_id uuid,
        add foreign key (workspace_id, merged_into_id) references ticket deferrable initially deferred;
      create index ticket_merged_index on ticket (workspace_id, merged_into_id) where merged_into_id is not null;
      create table merge (
        workspace_id uuid not null references workspace on delete cascade,
        id uuid not null,
        source_id uuid not null,
        destination_id uuid not null,
        source_status_id uuid not null,
        filled jsonb not null,
        merged_at timestamptz(3) not null,
        merged_by_id uuid,
        undone_at timestamptz(3),
        undone_by_id uuid,
        primary key (workspace_id, id),
        foreign key (workspace_id, source_id) references ticket on delete cascade deferrable initially deferred,
        foreign key (workspace_id, destination_id) references ticket on delete cascade deferrable initially deferred
      );
      create unique index merge_source_unique on merge (workspace_id, source_id) where undone_at is null;
      create index merge_destination_index on merge (workspace_id, destination_id);
      create table merge_item (
        workspace_id uuid not null,
        merge_id uuid not null,
        kind text not null,
        item_id uuid not null,
        primary key (workspace_id, merge_id, kind, item_id),
        foreign key (workspace_id, merge_id) references merge on delete cascade deferrable initially deferred
      );
      create function merged_ticket(workspace uuid, ticket uuid) returns uuid language sql stable as $$
        with recursive chain as (
          select t.id, t.merged_into_id, t.requester_id, 0 as step from ticket t where t.workspace_id = $1 and t.id = $2
          union all
          select t.id, t.merged_into_id, t.requester_id, c.step + 1 from chain c
          join ticket t on t.workspace_id = $1 and t.id = c.merged_into_id and t.requester_id is not distinct from c.requester_id)
        select id from chain order by step desc limit 1
      $$;
      drop view client_ticket;
      create view client_link as
        select l.token_hash, l.workspace_id, merged_ticket(l.workspace_id, l.ticket_id) as ticket_id from public_link l where l.revoked_at is null;
      create view client_ticket as
        select t.workspace_id, t.id as ticket_id, w.name as workspace, t.number, t.subject,
          case t.category when 'SPAM' then 'CLOSED' else t.category end as state,
          t.created_at, t.status_since as state_since,
          case when t.category in ('CLOSED', 'SPAM') then t.status_since + interval '30 days' end as readable_until
        from ticket t join workspace w on w.id = t.workspace_id;
    `);
  }

  override down(): void {
    this.addSql(`
      drop view client_ticket, client_link;
      create view client_ticket as
        select l.token_hash, t.workspace_id, t.id as ticket_id, w.name as workspace, t.number, t.subject,
          case t.category when 'SPAM' then 'CLOSED' else t.category end as state,
          t.created_at, t.status_since as state_since,
          case when t.category in ('CLOSED', 'SPAM') then t.status_since + interval '30 days' end as readable_until
        from public_link l
        join ticket t on t.workspace_id = l.workspace_id and t.id = l.ticket_id
        join workspace w on w.id = l.workspace_id
        where l.revoked_at is null;
      drop function merged_ticket(uuid, uuid);
      drop table merge_item, merge;
      alter table ticket drop column merged_into_id;
    `);
  }
}
