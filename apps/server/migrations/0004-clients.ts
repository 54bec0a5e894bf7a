import { Migration } from '@mikro-orm/migrations';

/**
 * What clients see, who have no account: one link to each ticket, and views that hold all that such a link shows and
 * nothing else. Also the desk's own key, and the rule that everybody needs a second factor.
 */
export class Migration0004Clients extends Migration {
  override up(): void {
    this.addSql(`
      create table server_key (
        name text primary key,
        secret text not null
      );
      alter table workspace add column second_factor_required boolean not null default false;
      alter table session add column single_sign_on boolean not null default false;
      create table public_link (
        workspace_id uuid not null,
        ticket_id uuid not null,
        generation uuid not null,
        token_hash text not null unique,
        opened_by uuid,
        opened_at timestamptz(3) not null,
        revoked_at timestamptz(3),
        primary key (workspace_id, ticket_id),
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred
      );
    `);
    this.addSql(`
      create view client_ticket as
        select l.token_hash, t.workspace_id, t.id as ticket_id, w.name as workspace, t.number, t.subject,
          case t.category when 'SPAM' then 'CLOSED' else t.category end as state,
          t.created_at, t.status_since as state_since,
          case when t.category in ('CLOSED', 'SPAM') then t.status_since + interval '30 days' end as readable_until
        from public_link l
        join ticket t on t.workspace_id = l.workspace_id and t.id = l.ticket_id
        join workspace w on w.id = l.workspace_id
        where l.revoked_at is null;
      create view client_ticket_event as
        select e.workspace_id, e.ticket_id, e.ticket_version as place, e.at,
          case e.facets->>'category' when 'SPAM' then 'CLOSED' else e.facets->>'category' end as state
        from event e
        where e.type in ('ticket.created', 'ticket.status_changed') and e.facets is not null;
    `);
  }

  override down(): void {
    this.addSql(`
      drop view client_ticket_event, client_ticket;
      drop table public_link, server_key;
      alter table session drop column single_sign_on;
      alter table workspace drop column second_factor_required;
    `);
  }
}
