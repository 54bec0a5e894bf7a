import { Migration } from '@mikro-orm/migrations';

/** Indexes by which rows are deleted once their retention is over, and the mark of bulk jobs whose results are deleted. */
export class Migration0042PlatformRetention extends Migration {
  override up(): void {
    this.addSql(`
      alter table bulk_job add column cleaned_at timestamptz(3);
      create index bulk_job_finished_index on bulk_job (finished_at) where cleaned_at is null;
      create index session_expires_index on session (expires_at);
      -- A deleted session deletes the devices that were registered in it.
      create index push_device_session_index on push_device (workspace_id, session_id);
      create index letter_expires_index on letter (expires_at);
      create index notification_settled_index on notification (created_at) where read_at is not null or not in_app;
      create index outgoing_mail_created_index on outgoing_mail (created_at);
      create index outgoing_push_created_index on outgoing_push (created_at);
      create index draft_finished_index on draft (updated_at) where finished;
      create index event_without_ticket_index on event (at) where ticket_id is null;
      create index event_cause_index on event (workspace_id, cause_id) where cause_id is not null;
    `);
  }

  override down(): void {
    this.addSql(`
      drop index event_cause_index, event_without_ticket_index, draft_finished_index, outgoing_push_created_index, outgoing_mail_created_index,
        notification_settled_index, letter_expires_index, push_device_session_index, session_expires_index, bulk_job_finished_index;
      alter table bulk_job drop column cleaned_at;
    `);
  }
}
