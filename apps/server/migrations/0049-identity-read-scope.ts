import { Migration } from '@mikro-orm/migrations';

/** Members can be limited to topics, and to tickets by whom they are assigned to. */
export class Migration0049IdentityReadScope extends Migration {
  override up(): void {
    this.addSql(`
      alter table member
        add column topic_ids uuid[] not null default '{}',
        add column assignment_scope text not null default 'ANY' check (assignment_scope in ('ANY', 'OWN_AND_UNASSIGNED', 'OWN'));
      create function topics_under(workspace uuid, ids uuid[]) returns uuid[] language sql stable as $$
        with recursive below as (
          select id from topic where workspace_id = $1 and id = any($2)
          union
          select t.id from below b join topic t on t.workspace_id = $1 and t.parent_id = b.id)
        select array(select id from below order by id)
      $$;
    `);
  }

  override down(): void {
    this.addSql(`
      drop function topics_under(uuid, uuid[]);
      alter table member drop column topic_ids, drop column assignment_scope;
    `);
  }
}
