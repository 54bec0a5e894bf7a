import { Migration } from '@mikro-orm/migrations';

/** First and last names. The displayed name of a contact that has one of them is made of both. */
export class Migration0054ContactsNames extends Migration {
  override up(): void {
    this.addSql('alter table contact add column first_name text, add column last_name text');
  }

  override down(): void {
    this.addSql('alter table contact drop column first_name, drop column last_name');
  }
}
