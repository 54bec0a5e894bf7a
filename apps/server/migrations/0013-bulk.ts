import { Migration } from '@mikro-orm/migrations';

/** Many tickets changed at one's word: what to do, and of each ticket what came of it. */
export class Migration0013Bulk extends Migration {
  override up(): void {
    this.addSql(`
      create table bulk_job (
        workspace_id uuid not null references workspace on delete cascade,
        id uuid not null,
        member_id uuid not null,
        -- Those of who began it, at that moment; they never become more.
        permissions text[] not null,
        action jsonb not null,
        undo_of_id uuid,
        -- The event of which all that it does is the consequence.
        cause_id uuid not null,
        total integer not null,
        created_at timestamptz(3) not null,
        finished_at timestamptz(3),
        cancelled boolean not null default false,
        primary key (workspace_id, id),
        foreign key (workspace_id, member_id) references member on delete cascade deferrable initially deferred
      );
      create index bulk_job_running_index on bulk_job (created_at) where finished_at is null;
      create index bulk_job_member_index on bulk_job (workspace_id, member_id, created_at desc);
      create index bulk_job_cause_index on bulk_job (workspace_id, cause_id);
      create index bulk_job_undo_index on bulk_job (workspace_id, undo_of_id) where undo_of_id is not null;
      create table bulk_item (
        workspace_id uuid not null,
        job_id uuid not null,
        ticket_id uuid not null,
        -- Null until it was looked at.
        outcome text,
        message text not null default '',
        -- What became of which field, so that undoing it knows what to put back.
        changes jsonb not null default '[]',
        primary key (workspace_id, job_id, ticket_id),
        foreign key (workspace_id, job_id) references bulk_job on delete cascade deferrable initially deferred
      );
      create index bulk_item_open_index on bulk_item (workspace_id, job_id, ticket_id) where outcome is null;
      create index bulk_item_outcome_index on bulk_item (workspace_id, job_id, outcome, ticket_id);
    `);
  }

  override down(): void {
    this.addSql('drop table bulk_item, bulk_job');
  }
}
