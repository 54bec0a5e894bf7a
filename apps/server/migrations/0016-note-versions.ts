import { Migration } from '@mikro-orm/migrations';

/** What a note said before it was edited. */
export class Migration0016NoteVersions extends Migration {
  override up(): void {
    this.addSql(`
      create table note_version (
        workspace_id uuid not null,
        note_id uuid not null,
        version integer not null,
        body text not null,
        written_at timestamptz(3) not null,
        primary key (workspace_id, note_id, version),
        foreign key (workspace_id, note_id) references note on delete cascade deferrable initially deferred
      );
    `);
  }

  override down(): void {
    this.addSql('drop table note_version');
  }
}
