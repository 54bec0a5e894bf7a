import { Migration } from '@mikro-orm/migrations';

/** Tickets that have to do with each other. */
export class Migration0009Links extends Migration {
  override up(): void {
    this.addSql(`
      create table ticket_link (
        workspace_id uuid not null references workspace on delete cascade,
        id uuid not null,
        kind text not null,
        from_id uuid not null,
        to_id uuid not null,
        created_at timestamptz(3) not null,
        primary key (workspace_id, id),
        foreign key (workspace_id, from_id) references ticket on delete cascade deferrable initially deferred,
        foreign key (workspace_id, to_id) references ticket on delete cascade deferrable initially deferred,
        check (from_id <> to_id)
      );
      create unique index ticket_link_unique on ticket_link (workspace_id, from_id, to_id, kind);
      create index ticket_link_to_index on ticket_link (workspace_id, to_id);
    `);
  }

  override down(): void {
    this.addSql('drop table ticket_link;');
  }
}
