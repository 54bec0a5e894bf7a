import { Migration } from '@mikro-orm/migrations';

/**
 * Lists filter by status, source, and when a ticket was created and resolved: the facets that events carry tell these too.
 * SLA: what a reopened ticket and a further message of the client do is a policy's to say; a breach that came with a change
 * is told of as any other, with its cause; steps are taken when a ticket is overdue by so much.
 */
export class Migration0006TicketWork extends Migration {
  override up(): void {
    this.addSql(`update sla_policy_version set steps = (
      select coalesce(jsonb_agg(s || '{"afterMinutes": 0}' order by n), '[]') from jsonb_array_elements(steps) with ordinality as x(s, n))`);
    this.addSql(
      facets(`'statusId', t.status_id, 'source', t.source, 'createdAt', ${ms('created_at')}, 'resolvedAt', ${ms('resolved_at')},`),
    );
    this.addSql(`
      alter table sla_policy_version add column options jsonb not null default '{"newCycle": false, "restartOnMessage": false}';
      alter table sla_clock
        add column untold boolean not null default false,
        add column breach_cause text,
        add column step_at timestamptz(3),
        add column escalated_minutes integer not null default 0;
      create index sla_clock_untold_index on sla_clock (workspace_id, ticket_id) where untold;
      create index sla_clock_step_index on sla_clock (step_at) where step_at is not null;
    `);
    // Every desk has a list of what is late, beside that of what soon will be.
    this.addSql(`
      update view set place = place + 1 where place > (select place from view b where b.workspace_id = view.workspace_id and b.key = 'breaching');
      insert into view (workspace_id, id, key, name, filter, sort, place)
        select workspace_id, gen_random_uuid(), 'overdue', '{"en": "Overdue", "uk": "Прострочені"}', filter || '{"dueWithinMinutes": 0}', 'DUE', place + 1
        from view where key = 'breaching' on conflict do nothing;
      update view set filter = filter || '{"dueWithinMinutes": 30, "not": {"dueWithinMinutes": 0}}' where key = 'breaching';
    `);
    // The newest event of a ticket says how it stands. Earlier ones know less, so that nobody may go on from before them.
    this.addSql(`
      update event e set facets = ticket_facets(t) from ticket t
        where t.workspace_id = e.workspace_id and t.id = e.ticket_id and t.version = e.ticket_version;
      update stream set epoch = gen_random_uuid();
    `);
  }

  override down(): void {
    this.addSql(`
      delete from view where key = 'overdue';
      update view set filter = (filter - 'not') || '{"dueWithinMinutes": 60}' where key = 'breaching';
    `);
    this.addSql(`
      alter table sla_clock drop column untold, drop column breach_cause, drop column step_at, drop column escalated_minutes;
      alter table sla_policy_version drop column options;
    `);
    this.addSql(facets(''));
    this.addSql('update stream set epoch = gen_random_uuid();');
  }
}

function ms(column: string): string {
  return `(extract(epoch from t.${column}) * 1000)::bigint`;
}

function facets(further: string): string {
  return `
    create or replace function ticket_facets(t ticket) returns jsonb language sql stable as $$
      select jsonb_build_object(
        ${further}
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
