import { Migration } from '@mikro-orm/migrations';

/**
 * Makes the unique indexes of identifiers partial. A complete one can be the target of a reference, so a change of its columns
 * would lock the key of the contact, and every transaction that stores a reference to the contact would wait for it.
 */
export class Migration0043CustomersKeylessLocks extends Migration {
  override up(): void {
    this.addSql(`
      drop index contact_email_unique, contact_external_id_unique;
      create unique index contact_email_unique on contact (workspace_id, email) where email is not null;
      create unique index contact_external_id_unique on contact (workspace_id, external_id) where external_id is not null;
    `);
  }

  override down(): void {
    this.addSql(`
      drop index contact_email_unique, contact_external_id_unique;
      create unique index contact_email_unique on contact (workspace_id, email);
      create unique index contact_external_id_unique on contact (workspace_id, external_id);
    `);
  }
}
