import { Migration } from '@mikro-orm/migrations';

/** Files on tickets, notes and messages; their bytes are in a store beside the database. */
export class Migration0019Attachments extends Migration {
  override up(): void {
    this.addSql(`
      create table attachment (
        workspace_id uuid not null,
        id uuid not null,
        ticket_id uuid not null,
        owner_kind text,
        owner_id uuid,
        draft_id uuid,
        name text not null,
        type text not null,
        size bigint not null,
        sha256 text not null,
        storage_key text not null,
        uploaded_by_id uuid,
        created_at timestamptz(3) not null,
        primary key (workspace_id, id),
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred
      );
      create index attachment_ticket_index on attachment (workspace_id, ticket_id);
      create index attachment_owner_index on attachment (workspace_id, owner_id) where owner_id is not null;
      create index attachment_loose_index on attachment (created_at) where owner_kind is null;
      create table discarded_file (storage_key text primary key, discarded_at timestamptz(3) not null);
      alter table outgoing_mail add column files jsonb not null default '[]';
      create view client_file as
        select m.workspace_id, m.ticket_id, m.id as message_id, a.id, a.name, a.type, a.size, a.storage_key
        from client_message m join attachment a on a.workspace_id = m.workspace_id and a.owner_id = m.id and a.owner_kind = 'MESSAGE';
    `);
  }

  override down(): void {
    this.addSql(`
      drop view client_file;
      alter table outgoing_mail drop column files;
      drop table discarded_file, attachment;
    `);
  }
}
