import { Migration } from '@mikro-orm/migrations';

/** Phrases are found by their pairs of words. */
export class Migration0023TicketLife extends Migration {
  override up(): void {
    this.addSql(`
      -- Words that stand side by side, as numbers: a phrase of two frequent words is itself rare. Two pairs may share a
      -- number; what is found by it is looked at again.
      create function search_pairs(words tsvector) returns int4[] language sql immutable parallel safe return (
        select coalesce(array_agg(distinct hashtext(lexeme || ' ' || next)), '{}')
        from (
          select lexeme, place, lead(lexeme) over inorder as next, lead(place) over inorder as next_place
          from unnest(words) w(lexeme, positions, weights), unnest(w.positions) p(place) window inorder as (order by place)
        ) pair
        where next_place = place + 1);
      alter table ticket_search add column pairs int4[] generated always as (search_pairs(words)) stored;
      create index ticket_search_pairs_index on ticket_search using gin (workspace_id, pairs);
    `);
    this.addSql(`
      alter table note add column published_at timestamptz(3), add column message_id uuid;
      alter table contact add column blocked_at timestamptz(3), add column data jsonb not null default '[]';
      alter table team add column reopen_to_queue boolean not null default false;
      alter table workspace add column open_on_work boolean not null default false, add column security_log_days integer,
        add column checklist_required boolean not null default false, add column time_accounting boolean not null default false,
        add column ask_for_rating boolean not null default false;
      alter table ticket_template add column checklist text[] not null default '{}';
      create table rating (
        workspace_id uuid not null,
        id uuid not null,
        ticket_id uuid not null,
        resolved_at timestamptz(3) not null,
        asked_at timestamptz(3),
        score integer check (score between 1 and 5),
        comment text not null,
        rated_at timestamptz(3),
        primary key (workspace_id, id),
        unique (workspace_id, ticket_id, resolved_at),
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred
      );
      create view client_rating as
        select t.workspace_id, t.id as ticket_id, r.score, r.comment
        from ticket t
        join workspace w on w.id = t.workspace_id and w.ask_for_rating
        left join rating r on r.workspace_id = t.workspace_id and r.ticket_id = t.id and r.resolved_at = t.resolved_at
        where t.category in ('RESOLVED', 'CLOSED') and t.resolved_at is not null;
      create table time_entry (
        workspace_id uuid not null,
        id uuid not null,
        ticket_id uuid not null,
        member_id uuid not null,
        minutes integer not null,
        comment text not null,
        owner_id uuid,
        created_at timestamptz(3) not null,
        primary key (workspace_id, id),
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred,
        foreign key (workspace_id, member_id) references member
      );
      create index time_entry_ticket_index on time_entry (workspace_id, ticket_id, created_at);
      create index time_entry_member_index on time_entry (workspace_id, member_id);
      create index conversation_latest_index on conversation (workspace_id, last_message_at desc, id desc);
      create table checklist_item (
        workspace_id uuid not null,
        id uuid not null,
        ticket_id uuid not null,
        text text not null,
        place integer not null,
        done_at timestamptz(3),
        done_by_id uuid,
        primary key (workspace_id, id),
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred
      );
      create index checklist_item_ticket_index on checklist_item (workspace_id, ticket_id, place);
      create table ticket_contact (
        workspace_id uuid not null,
        ticket_id uuid not null,
        contact_id uuid not null,
        added_at timestamptz(3) not null,
        primary key (workspace_id, ticket_id, contact_id),
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred,
        foreign key (workspace_id, contact_id) references contact on delete cascade
      );
      create index ticket_contact_contact_index on ticket_contact (workspace_id, contact_id);
      -- A time for which it is kept may be set; before that nothing is taken out of it, and never anything is changed.
      create function refuse_early_change() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and old.at < now() - (select security_log_days * interval '1 day' from workspace where id = old.workspace_id) then
          return old;
        end if;
        raise exception 'rows of % are never changed, and deleted only when their time is over', tg_table_name;
      end $$;
      drop trigger security_event_is_append_only on security_event;
      create trigger security_event_is_append_only before update or delete on security_event
        for each row execute function refuse_early_change();
      create index security_event_at_index on security_event (workspace_id, at);
    `);
    // A client is found by every address that is known, and by what their card has no field for.
    this.addSql(`
      create or replace view search_text as
        select t.workspace_id, t.id as ticket_id, 'SUBJECT' as source, 'A' as weight, search_plain(t.subject) as body, t.created_at from ticket t
        union all
        select t.workspace_id, t.id, 'CLIENT', 'A', search_plain(c.name), t.created_at
          from ticket t join contact c on c.workspace_id = t.workspace_id and c.id = t.requester_id
        union all
        -- An address is found whole and by its parts.
        select t.workspace_id, t.id, 'CLIENT', 'B', concat_ws(' ', c.email, translate(c.email, '@.', '  '), c.phone, c.external_id, c.organization,
            (select string_agg(a.value || ' ' || translate(a.value, '@.', '  '), ' ') from contact_address a where a.workspace_id = c.workspace_id and a.contact_id = c.id),
            (select string_agg(d ->> 'value', ' ') from jsonb_array_elements(c.data) d)), t.created_at
          from ticket t join contact c on c.workspace_id = t.workspace_id and c.id = t.requester_id
        union all
        select t.workspace_id, t.id, 'DESCRIPTION', 'C', search_rich(t.description), t.created_at from ticket t where t.description <> ''
        union all
        select c.workspace_id, c.ticket_id, 'MESSAGE', 'C', search_rich(m.body), m.created_at
          from conversation c join message m on m.workspace_id = c.workspace_id and m.conversation_id = c.id where c.ticket_id is not null
        union all
        select n.workspace_id, n.ticket_id, 'NOTE', 'D', search_rich(n.body), n.created_at from note n where n.deleted_at is null
        union all
        select t.workspace_id, t.id, 'FIELD', 'C', search_plain(field_text(t.workspace_id, t.id, true)), t.created_at from ticket t
          where exists (select from ticket_field v where v.workspace_id = t.workspace_id and v.ticket_id = t.id)
        union all
        select t.workspace_id, t.id, 'FIELD', 'B', search_plain(field_text(t.workspace_id, t.id, false)), t.created_at from ticket t
          where exists (select from ticket_field v where v.workspace_id = t.workspace_id and v.ticket_id = t.id);
    `);
    this.addSql(`select index_tickets(t.workspace_id, array_agg(distinct t.id)) from ticket t
      join contact_address a on a.workspace_id = t.workspace_id and a.contact_id = t.requester_id group by t.workspace_id`);
  }

  override down(): void {
    this.addSql(`
      create or replace view search_text as
        select t.workspace_id, t.id as ticket_id, 'SUBJECT' as source, 'A' as weight, search_plain(t.subject) as body, t.created_at from ticket t
        union all
        select t.workspace_id, t.id, 'CLIENT', 'A', search_plain(c.name), t.created_at
          from ticket t join contact c on c.workspace_id = t.workspace_id and c.id = t.requester_id
        union all
        -- An address is found whole and by its parts.
        select t.workspace_id, t.id, 'CLIENT', 'B', concat_ws(' ', c.email, translate(c.email, '@.', '  '), c.phone, c.external_id, c.organization), t.created_at
          from ticket t join contact c on c.workspace_id = t.workspace_id and c.id = t.requester_id
        union all
        select t.workspace_id, t.id, 'DESCRIPTION', 'C', search_rich(t.description), t.created_at from ticket t where t.description <> ''
        union all
        select c.workspace_id, c.ticket_id, 'MESSAGE', 'C', search_rich(m.body), m.created_at
          from conversation c join message m on m.workspace_id = c.workspace_id and m.conversation_id = c.id where c.ticket_id is not null
        union all
        select n.workspace_id, n.ticket_id, 'NOTE', 'D', search_rich(n.body), n.created_at from note n where n.deleted_at is null
        union all
        select t.workspace_id, t.id, 'FIELD', 'C', search_plain(field_text(t.workspace_id, t.id, true)), t.created_at from ticket t
          where exists (select from ticket_field v where v.workspace_id = t.workspace_id and v.ticket_id = t.id)
        union all
        select t.workspace_id, t.id, 'FIELD', 'B', search_plain(field_text(t.workspace_id, t.id, false)), t.created_at from ticket t
          where exists (select from ticket_field v where v.workspace_id = t.workspace_id and v.ticket_id = t.id);
    `);
    this.addSql(`
      drop trigger security_event_is_append_only on security_event;
      create trigger security_event_is_append_only before update or delete on security_event
        for each row execute function refuse_change();
      drop function refuse_early_change;
      drop index security_event_at_index;
      drop index conversation_latest_index;
      drop view client_rating;
      drop table rating, time_entry, checklist_item, ticket_contact;
      alter table ticket_template drop column checklist;
      alter table workspace drop column open_on_work, drop column security_log_days, drop column checklist_required, drop column time_accounting,
        drop column ask_for_rating;
      alter table team drop column reopen_to_queue;
      alter table contact drop column blocked_at, drop column data;
      alter table note drop column published_at, drop column message_id;
      alter table ticket_search drop column pairs;
      drop function search_pairs;
    `);
  }
}
