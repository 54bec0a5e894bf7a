import { Migration } from '@mikro-orm/migrations';

/** How much the files of a workspace take up is read from the index alone. */
export class Migration0046AttachmentsUsedSpace extends Migration {
  override up(): void {
    this.addSql('create index attachment_size_index on attachment (workspace_id) include (size)');
  }

  override down(): void {
    this.addSql('drop index attachment_size_index');
  }
}
