import { Migration } from '@mikro-orm/migrations';

/** The HTML part of emails; null for emails of plain text alone. */
export class Migration0066PlatformMailHtml extends Migration {
  override up(): void {
    this.addSql('alter table outgoing_mail add column html text');
  }

  override down(): void {
    this.addSql('alter table outgoing_mail drop column html');
  }
}
