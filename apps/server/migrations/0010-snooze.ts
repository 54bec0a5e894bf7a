import { Migration } from '@mikro-orm/migrations';

/** What is snoozed is out of the lists of what to do, and in a list of its own. */
export class Migration0010Snooze extends Migration {
  override up(): void {
    this.addSql(`
      update view set filter = filter || '{"snoozed": false}' where key in ('mine', 'unassigned', 'my-team');
      update view set place = place + 1 where place > (select place from view b where b.workspace_id = view.workspace_id and b.key = 'waiting');
      insert into view (workspace_id, id, key, name, filter, sort, place)
        select workspace_id, gen_random_uuid(), 'snoozed', '{"en": "Snoozed", "uk": "Відкладені"}',
          '{"snoozed": true, "categories": ["NEW", "OPEN", "IN_PROGRESS", "WAITING"]}', 'UPDATED', place + 1
        from view where key = 'waiting' on conflict do nothing;
    `);
  }

  override down(): void {
    this.addSql(`
      delete from view where key = 'snoozed';
      update view set filter = filter - 'snoozed' where key in ('mine', 'unassigned', 'my-team');
    `);
  }
}
