import { Migration } from '@mikro-orm/migrations';

/** Settings as they were saved, each to be seen and to be brought back. */
export class Migration0024SettingVersions extends Migration {
  override up(): void {
    this.addSql(`
      create table setting_version (
        workspace_id uuid not null references workspace,
        id uuid not null,
        kind text not null,
        setting_id uuid not null,
        version integer not null,
        state jsonb not null,
        deleted boolean not null,
        saved_by_id uuid,
        saved_at timestamptz(3),
        primary key (workspace_id, id),
        unique (workspace_id, kind, setting_id, version),
        foreign key (workspace_id, saved_by_id) references member
      );
      create index setting_version_kind_index on setting_version (workspace_id, kind, id);
      create trigger setting_version_is_append_only before update or delete on setting_version
        for each row execute function refuse_change();
      alter table tag add column version integer not null default 1;
      alter table team add column version integer not null default 1;
      alter table workspace add column priorities_version integer not null default 1;
    `);
  }

  override down(): void {
    this.addSql(`
      alter table workspace drop column priorities_version;
      alter table team drop column version;
      alter table tag drop column version;
      drop table setting_version;
    `);
  }
}
