import { Migration } from '@mikro-orm/migrations';

/** Rows of imported files that were refused, to be tried again when the file is imported again. */
export class Migration0031ImportRefusedRows extends Migration {
  override up(): void {
    this.addSql(`
      create table import_refusal (
        workspace_id uuid not null,
        fingerprint text not null,
        "row" integer not null,
        primary key (workspace_id, fingerprint, "row"),
        foreign key (workspace_id) references workspace deferrable initially deferred
      )
    `);
  }

  override down(): void {
    this.addSql('drop table import_refusal');
  }
}
