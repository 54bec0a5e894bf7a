import { Migration } from '@mikro-orm/migrations';

/** Conversations of one contact are listed by their last message. */
export class Migration0055ConversationsOfContact extends Migration {
  override up(): void {
    this.addSql(`
      create index conversation_contact_latest_index on conversation (workspace_id, contact_id, last_message_at desc, id desc);
      drop index conversation_contact_index;
    `);
  }

  override down(): void {
    this.addSql(`
      create index conversation_contact_index on conversation (workspace_id, contact_id);
      drop index conversation_contact_latest_index;
    `);
  }
}
