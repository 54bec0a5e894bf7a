import { Migration } from '@mikro-orm/migrations';

/**
 * Answers to customers' messages; references to merged contacts point to their destination; what the erasure of a contact
 * needs to leave no trace: emails know their tickets, stored setting versions can be deleted by it, and the words of the
 * search go with the last document that has them.
 */
export class Migration0030CustomersReferencesAndTraces extends Migration {
  override up(): void {
    this.addSql(`
      create table message_receipt (
        workspace_id uuid not null references workspace on delete cascade,
        message_id uuid not null,
        ticket_id uuid not null,
        follow_up_id uuid,
        link_generation uuid,
        created_at timestamptz(3) not null,
        primary key (workspace_id, message_id),
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred,
        check ((follow_up_id is null) = (link_generation is null))
      );
      create index message_receipt_created_index on message_receipt (created_at);
      alter table outgoing_mail add column ticket_ids uuid[] not null default '{}';
      create index outgoing_mail_ticket_index on outgoing_mail using gin (ticket_ids);
    `);
    this.addSql(`
      -- As for the event log: the erasure of personal data and migrations announce themselves for their transaction.
      create or replace function refuse_change() returns trigger language plpgsql as $$
      begin
        if tg_op <> 'TRUNCATE' and current_setting('baton.log_change', true) in ('erase', 'migration') then
          return case tg_op when 'DELETE' then old else new end;
        end if;
        raise exception 'rows of % are never changed or deleted', tg_table_name;
      end $$;
      create or replace function refuse_early_change() returns trigger language plpgsql as $$
      begin
        if tg_op <> 'TRUNCATE' and current_setting('baton.log_change', true) in ('erase', 'migration') then
          return case tg_op when 'DELETE' then old else new end;
        end if;
        if tg_op = 'DELETE' and old.at < now() - (select security_log_days * interval '1 day' from workspace where id = old.workspace_id) then
          return old;
        end if;
        raise exception 'rows of % are never changed, and deleted only when their time is over', tg_table_name;
      end $$;
    `);
    this.addSql(`
      -- A word without a document is a trace of what was erased, and corrects nothing. Two transactions may race: one that
      -- drops the last known document of a word, and one that adds another. Then the word is back with the next document.
      create function forget_words() returns trigger language plpgsql as $$
      begin
        delete from search_word where (workspace_id, word) in (
          select w.workspace_id, w.word from search_word w
          join (
            select b.workspace_id, unnest(tsvector_to_array(b.words)) as word from before b
            except
            select a.workspace_id, unnest(tsvector_to_array(a.words)) from ticket_search a
              join before b on b.workspace_id = a.workspace_id and b.ticket_id = a.ticket_id
          ) gone on gone.workspace_id = w.workspace_id and gone.word = w.word
          where not exists (
            select from ticket_search d where d.workspace_id = w.workspace_id and d.words @@ quote_literal(w.word)::tsquery)
          -- One transaction that removes the word is enough; the others do not wait for it.
          order by w.word for update of w skip locked);
        return null;
      end $$;
      create trigger ticket_search_forgets_updated after update on ticket_search
        referencing old table as before for each statement execute function forget_words();
      create trigger ticket_search_forgets_deleted after delete on ticket_search
        referencing old table as before for each statement execute function forget_words();
      delete from search_word w where not exists (
        select from ticket_search d where d.workspace_id = w.workspace_id and d.words @@ quote_literal(w.word)::tsquery);
    `);
    this.addSql(`
      -- The contact that a chain of merges leads to.
      create function merged_contact(workspace uuid, contact uuid) returns uuid language sql stable as $$
        with recursive chain as (
          select c.id, c.merged_into_id, 0 as step from contact c where c.workspace_id = $1 and c.id = $2
          union all
          select c.id, c.merged_into_id, step + 1 from chain
          join contact c on c.workspace_id = $1 and c.id = chain.merged_into_id)
        select id from chain order by step desc limit 1
      $$;
      alter table contact_merge add column fields jsonb not null default '[]';
      -- References that were stored after the contact had been merged.
      update ticket t set requester_id = merged_contact(t.workspace_id, t.requester_id) from contact c
        where c.workspace_id = t.workspace_id and c.id = t.requester_id and c.merged_into_id is not null;
      update conversation v set contact_id = merged_contact(v.workspace_id, v.contact_id) from contact c
        where c.workspace_id = v.workspace_id and c.id = v.contact_id and c.merged_into_id is not null;
      insert into ticket_contact (workspace_id, ticket_id, contact_id, added_at)
        select t.workspace_id, t.ticket_id, merged_contact(t.workspace_id, t.contact_id), t.added_at from ticket_contact t
        join contact c on c.workspace_id = t.workspace_id and c.id = t.contact_id and c.merged_into_id is not null
        on conflict do nothing;
      delete from ticket_contact t using contact c
        where c.workspace_id = t.workspace_id and c.id = t.contact_id and c.merged_into_id is not null;
      update ticket_field v set value = jsonb_build_array(merged_contact(c.workspace_id, c.id)) from custom_field f, contact c
        where f.workspace_id = v.workspace_id and f.id = v.field_id and f.type = 'CONTACT'
          and c.workspace_id = v.workspace_id and c.merged_into_id is not null and v.value = jsonb_build_array(c.id::text);
      select index_tickets(t.workspace_id, array_agg(t.id)) from ticket t
        join (select distinct workspace_id, merged_contact(workspace_id, id) as id from contact where merged_into_id is not null) d
          on d.workspace_id = t.workspace_id and d.id = t.requester_id
        group by t.workspace_id;
      -- The log knows these tickets by their former contacts: clients load their lists again.
      update stream set epoch = gen_random_uuid() where workspace_id in (select workspace_id from contact where merged_into_id is not null);
    `);
  }

  override down(): void {
    this.addSql(`
      alter table contact_merge drop column fields;
      drop function merged_contact(uuid, uuid);
      drop trigger ticket_search_forgets_updated on ticket_search;
      drop trigger ticket_search_forgets_deleted on ticket_search;
      drop function forget_words;
      create or replace function refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception 'rows of % are never changed or deleted', tg_table_name;
      end $$;
      create or replace function refuse_early_change() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and old.at < now() - (select security_log_days * interval '1 day' from workspace where id = old.workspace_id) then
          return old;
        end if;
        raise exception 'rows of % are never changed, and deleted only when their time is over', tg_table_name;
      end $$;
      alter table outgoing_mail drop column ticket_ids;
      drop table message_receipt;
    `);
  }
}
