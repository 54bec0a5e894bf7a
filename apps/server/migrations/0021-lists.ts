import { Migration } from '@mikro-orm/migrations';

/** Lists in the order of a field of the workspace's own or of priority, with such fields as columns, and in groups. */
export class Migration0021Lists extends Migration {
  override up(): void {
    this.addSql(`
      -- By these two a field is ordered: numbers by their value, then texts.
      alter table ticket_field
        add column sort_number double precision not null generated always as (
          case when value ->> 0 ~ '^-{0,1}\\d{1,22}(\\.\\d{1,22}){0,1}(e[+-]{0,1}\\d{1,2}){0,1}$' then (value ->> 0)::double precision else 'Infinity' end
        ) stored,
        add column sort_text text collate "C" not null generated always as (left(coalesce(value ->> 0, ''), 100)) stored;
      create index ticket_field_sort_index on ticket_field (workspace_id, field_id, sort_number, sort_text, ticket_id);
      create function priority_rank(in_priority text) returns integer language sql immutable parallel safe
        return case in_priority when 'CRITICAL' then 4 when 'HIGH' then 3 when 'NORMAL' then 2 else 1 end;
      create index ticket_priority_index on ticket (workspace_id, priority_rank(priority) desc, id desc)
        where category in ('NEW', 'OPEN', 'IN_PROGRESS', 'WAITING') and deleted_at is null;
      alter table view
        add column sort_field_id uuid,
        add column field_ids uuid[] not null default '{}',
        add column grouping text;
    `);
  }

  override down(): void {
    this.addSql(`
      alter table view drop column sort_field_id, drop column field_ids, drop column grouping;
      drop index ticket_priority_index;
      drop function priority_rank;
      alter table ticket_field drop column sort_number, drop column sort_text;
    `);
  }
}
