import { Migration } from '@mikro-orm/migrations';

/** One definition of what every count includes, lists by what a ticket waits on, and the view Queue. */
export class Migration0040ViewsMetricsAndQueue extends Migration {
  override up(): void {
    this.addSql(
      facets(`'merged', t.merged_into_id is not null,
        'waitingOn', (select s.waiting_on from status s where s.workspace_id = t.workspace_id and s.id = t.status_id),`),
    );
    // The newest event of a ticket has its present facets. Readers that resume before it would miss the new ones.
    this.addSql(`
      select set_config('baton.log_change', 'migration', true);
      update event e set facets = ticket_facets(t) from ticket t
        where t.workspace_id = e.workspace_id and t.id = e.ticket_id and t.version = e.ticket_version;
      select set_config('baton.log_change', '', true);
      update stream set epoch = gen_random_uuid();
    `);
    for (const { key, before, after } of views) this.addSql(change(key, before, after));
    this.addSql(`
      update view set place = place + 1 where place > (select place from view b where b.workspace_id = view.workspace_id and b.key = 'my-team');
      insert into view (workspace_id, id, key, name, text, filter, sort, place)
        select workspace_id, gen_random_uuid(), 'queue', '{"en": "Queue", "uk": "Черга"}', 'assignee:none status:new,open,in-progress -is:snoozed',
          '{"unassigned": true, "snoozed": false, "categories": ["NEW", "OPEN", "IN_PROGRESS"]}', 'QUEUE', place + 1
        from view where key = 'my-team' on conflict do nothing;
    `);
  }

  override down(): void {
    this.addSql(`delete from view where key = 'queue'; update view set sort = 'PRIORITY' where sort = 'QUEUE';`);
    for (const { key, before, after } of views) this.addSql(change(key, after, before));
    this.addSql(facets(''));
  }
}

interface ViewText {
  readonly text: string;
  readonly filter: object;
}

const open = ['NEW', 'OPEN', 'IN_PROGRESS', 'WAITING'];
const working = ['NEW', 'OPEN', 'IN_PROGRESS'];
const soon = { dueWithinMinutes: 30, not: { dueWithinMinutes: 0 } };

/** Default views whose filter is as it was made. */
const views: readonly { readonly key: string; readonly before: ViewText; readonly after: ViewText }[] = [
  {
    key: 'watched',
    before: { text: 'watcher:me is:open', filter: { watched: true, categories: open } },
    after: { text: 'watcher:me is:open -is:snoozed', filter: { watched: true, snoozed: false, categories: open } },
  },
  {
    key: 'open',
    before: { text: 'is:open', filter: { categories: open } },
    after: { text: 'is:open -is:snoozed', filter: { snoozed: false, categories: open } },
  },
  {
    key: 'waiting',
    before: { text: 'status:waiting', filter: { categories: ['WAITING'] } },
    after: { text: 'status:waiting -is:snoozed', filter: { snoozed: false, categories: ['WAITING'] } },
  },
  {
    key: 'breaching',
    before: { text: 'status:new,open,in-progress due:<30m', filter: { categories: working, ...soon } },
    after: { text: 'is:open due:<30m -is:snoozed', filter: { snoozed: false, categories: open, ...soon } },
  },
  {
    key: 'overdue',
    before: { text: 'status:new,open,in-progress due:overdue', filter: { categories: working, dueWithinMinutes: 0 } },
    after: { text: 'is:open due:overdue -is:snoozed', filter: { snoozed: false, categories: open, dueWithinMinutes: 0 } },
  },
  {
    key: 'closed',
    before: { text: 'status:resolved,closed', filter: { categories: ['RESOLVED', 'CLOSED'] } },
    after: { text: 'status:resolved,closed -is:merged', filter: { merged: false, categories: ['RESOLVED', 'CLOSED'] } },
  },
];

function change(key: string, before: ViewText, after: ViewText): string {
  return `update view set text = '${after.text}', filter = '${JSON.stringify(after.filter)}'
    where key = '${key}' and filter = '${JSON.stringify(before.filter)}'::jsonb;`;
}

function facets(more: string): string {
  const ms = (column: string) => `(extract(epoch from t.${column}) * 1000)::bigint`;
  return `
    create or replace function ticket_facets(t ticket) returns jsonb language sql stable as $$
      select jsonb_build_object(
        ${more}
        'watcherIds', (select coalesce(jsonb_agg(w.member_id order by w.member_id), '[]') from watcher w
          where w.workspace_id = t.workspace_id and w.ticket_id = t.id),
        'updatedAt', ${ms('updated_at')},
        'reopened', t.reopen_count > 0,
        'deletedAt', ${ms('deleted_at')},
        'fields', (select coalesce(jsonb_object_agg(v.field_id, v.value), '{}') from ticket_field v
          where v.workspace_id = t.workspace_id and v.ticket_id = t.id),
        'statusId', t.status_id,
        'source', t.source,
        'createdAt', ${ms('created_at')},
        'resolvedAt', ${ms('resolved_at')},
        'category', t.category,
        'priority', t.priority,
        'assigneeId', t.assignee_id,
        'teamId', t.team_id,
        'topicId', t.topic_id,
        'requesterId', t.requester_id,
        'dueAt', ${ms('due_at')},
        'statusSince', ${ms('status_since')},
        'snoozedUntil', ${ms('snoozed_until')},
        'tagIds', (select coalesce(jsonb_agg(k.tag_id), '[]') from ticket_tag k where k.workspace_id = t.workspace_id and k.ticket_id = t.id),
        'grantedIds', (select coalesce(jsonb_agg(distinct g.member_id), '[]') from ticket_grant g
          where g.workspace_id = t.workspace_id and g.ticket_id = t.id))
    $$;
  `;
}
