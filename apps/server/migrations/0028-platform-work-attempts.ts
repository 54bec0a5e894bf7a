import { Migration } from '@mikro-orm/migrations';

/** Counts the attempts of background work, and sends emails and pushes outside of transactions. */
export class Migration0028PlatformWorkAttempts extends Migration {
  override up(): void {
    this.addSql(`
      create table work_attempt (
        workspace_id uuid not null,
        id uuid not null,
        worker text not null,
        item text not null,
        ticket_id uuid,
        member_id uuid,
        -- Set while a worker holds the item. Only the holder may record a result.
        lease_id uuid,
        attempts integer not null,
        error text not null default '',
        first_at timestamptz(3) not null,
        last_at timestamptz(3) not null,
        -- When the lease expires or the next attempt is due; null once given up.
        retry_at timestamptz(3),
        discarded_at timestamptz(3),
        primary key (workspace_id, id)
      );
      create unique index work_attempt_item_unique on work_attempt (workspace_id, worker, item);
      create index work_attempt_failed_index on work_attempt (workspace_id, last_at desc, id desc)
        where retry_at is null and discarded_at is null;
      create index work_attempt_last_index on work_attempt (last_at);

      alter table outgoing_mail drop column attempts, add column automatic boolean not null default true;

      create table outgoing_push (
        workspace_id uuid not null,
        id uuid not null,
        member_id uuid not null,
        device_id uuid not null,
        notification_ids uuid[] not null,
        message text not null,
        created_at timestamptz(3) not null,
        due_at timestamptz(3) not null,
        primary key (workspace_id, id),
        foreign key (workspace_id, device_id) references push_device on delete cascade
      );
      create index outgoing_push_due_index on outgoing_push (due_at);
      create index outgoing_push_device_index on outgoing_push (workspace_id, device_id);
    `);
  }

  override down(): void {
    this.addSql(
      'drop table outgoing_push, work_attempt; alter table outgoing_mail drop column automatic, add column attempts integer not null default 0',
    );
  }
}
