import { Migration } from '@mikro-orm/migrations';

/** A stable name of a topic for API clients and imports. */
export class Migration0048TicketSettingsTopicKey extends Migration {
  override up(): void {
    this.addSql(`
      alter table topic add column key text;
      create unique index topic_key_unique on topic (workspace_id, key) where key is not null;
      create function keep_topic_key() returns trigger language plpgsql as $$
      begin
        raise exception 'The key of a topic is immutable: topic %.', old.id;
      end $$;
      create trigger topic_key_guard before update on topic for each row
        when (old.key is not null and new.key is distinct from old.key) execute function keep_topic_key();
    `);
  }

  override down(): void {
    this.addSql(`
      drop trigger topic_key_guard on topic;
      drop function keep_topic_key;
      alter table topic drop column key;
    `);
  }
}
