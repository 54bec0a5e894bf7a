import { Migration } from '@mikro-orm/migrations';

/** Clients with several addresses, notes about them, and those who became one. */
export class Migration0020Contacts extends Migration {
  override up(): void {
    this.addSql(`
      alter table contact
        add column notes text not null default '',
        add column version integer not null default 1,
        add column merged_into_id uuid;
      create table contact_address (
        workspace_id uuid not null,
        contact_id uuid not null,
        kind text not null,
        value text not null,
        place integer not null,
        primary key (workspace_id, contact_id, kind, value),
        foreign key (workspace_id, contact_id) references contact on delete cascade deferrable initially deferred
      );
      create unique index contact_address_email_unique on contact_address (workspace_id, value) where kind = 'EMAIL';
      create index contact_address_search_index on contact_address using gin (value gin_trgm_ops);
      create index contact_organization_index on contact (workspace_id, organization, name, id)
        where organization is not null and merged_into_id is null;
    `);
  }

  override down(): void {
    this.addSql(`
      drop table contact_address;
      alter table contact drop column notes, drop column version, drop column merged_into_id;
    `);
  }
}
