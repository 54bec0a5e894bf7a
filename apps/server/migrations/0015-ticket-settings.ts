import { Migration } from '@mikro-orm/migrations';

/** Topics, statuses, tags and names of priorities as a workspace has them. */
export class Migration0015TicketSettings extends Migration {
  override up(): void {
    this.addSql(`
      alter table topic add column version integer not null default 1;
      alter table status
        add column version integer not null default 1,
        add column requires_assignee boolean not null default false,
        -- The statuses from which a ticket may come into it; none = any.
        add column from_ids uuid[] not null default '{}';
      alter table workspace add column priority_names jsonb not null default '{}';
      create index ticket_topic_index on ticket (workspace_id, topic_id) where topic_id is not null;
      create index ticket_status_index on ticket (workspace_id, status_id);
    `);
  }

  override down(): void {
    this.addSql(`
      drop index ticket_topic_index;
      drop index ticket_status_index;
      alter table workspace drop column priority_names;
      alter table status drop column version, drop column requires_assignee, drop column from_ids;
      alter table topic drop column version;
    `);
  }
}
