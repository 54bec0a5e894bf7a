import { Migration } from '@mikro-orm/migrations';

/** The event log is guarded column by column, so a column that was added later needs the trigger again. */
export class Migration0037LiveGuardEventToken extends Migration {
  override up(): void {
    this.addSql(trigger('changes, facets, at, token_id'));
  }

  override down(): void {
    this.addSql(trigger('changes, facets, at'));
  }
}

function trigger(lastColumns: string): string {
  return `
    drop trigger event_is_append_only on event;
    create trigger event_is_append_only
      before delete or update of workspace_id, id, type, ticket_id, ticket_version, actor_kind, actor_id, cause_id, member_ids, subject_id,
        ${lastColumns} on event
      for each row execute function guard_event_log();
  `;
}
