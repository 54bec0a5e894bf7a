import { Migration } from '@mikro-orm/migrations';

/**
 * Invitations and reset links that belong to no workspace, tokens that know which token created them, refusals that are
 * counted, and events that name the token that acted.
 */
export class Migration0027Credentials extends Migration {
  override up(): void {
    this.addSql(`
      alter table account add column address_proven_at timestamptz(3);
      alter table member drop constraint member_check1, add check (kind = 'PERSON' or account_id is null);
      create index member_invited_index on member (email) where account_id is null;
      alter table letter
        alter column account_id drop not null,
        add column workspace_id uuid,
        add column member_id uuid,
        add column mailed boolean not null default true,
        add foreign key (workspace_id, member_id) references member on delete cascade;
      create index letter_member_index on letter (workspace_id, member_id) where member_id is not null;
      create table password_request (
        id uuid primary key,
        email text not null,
        address text not null,
        user_agent text not null,
        created_at timestamptz(3) not null
      );
      create index password_request_created_index on password_request (created_at);
      alter table access_token
        add column parent_id uuid,
        add foreign key (workspace_id, parent_id) references access_token on delete cascade deferrable initially deferred;
      create index access_token_parent_index on access_token (workspace_id, parent_id) where parent_id is not null;
      alter table event add column token_id uuid;
      alter table bulk_job add column token_id uuid;
      alter table public_link add column read_at timestamptz(3);
    `);
    // Of one member, kind and minute there is one row of refusals, which only grows.
    this.addSql(`
      alter table security_event
        add column token_id uuid,
        add column count integer not null default 1,
        add column minute timestamptz(3);
      create unique index security_event_refusal_index on security_event (workspace_id, kind, actor_id, subject_id, minute)
        nulls not distinct where minute is not null;
      create function refuse_security_change() returns trigger language plpgsql as $$
      begin
        -- Personal data is erased from the log too, and migrations change its form.
        if current_setting('baton.log_change', true) in ('erase', 'migration') then
          return case tg_op when 'DELETE' then old else new end;
        end if;
        if tg_op = 'UPDATE' and old.minute is not null and new.count > old.count
          and (new.details -> 'what') @> (old.details -> 'what')
          and (to_jsonb(new) - '{count,details}'::text[]) = (to_jsonb(old) - '{count,details}'::text[]) then
          return new;
        end if;
        if tg_op = 'DELETE' and old.at < now() - (select security_log_days * interval '1 day' from workspace where id = old.workspace_id) then
          return old;
        end if;
        raise exception 'rows of % are never changed, and deleted only when their time is over', tg_table_name;
      end $$;
      drop trigger security_event_is_append_only on security_event;
      create trigger security_event_is_append_only before update or delete on security_event
        for each row execute function refuse_security_change();
    `);
    // Reading tickets is a permission now. Roles and tokens keep what they could do; a token that was given nothing gets nothing.
    this.addSql(`
      update custom_role set permissions = array_append(permissions, 'ticket.read') where not 'ticket.read' = any(permissions);
      update access_token set permissions = array_append(permissions, 'ticket.read')
        where permissions <> '{}' and not 'ticket.read' = any(permissions);
      update bulk_job set permissions = array_append(permissions, 'ticket.read') where finished_at is null;
      alter table setting_version disable trigger setting_version_is_append_only;
      update setting_version set state = jsonb_set(state, '{permissions}', (state -> 'permissions') || '["ticket.read"]')
        where kind = 'ROLE' and not (state -> 'permissions') @> '["ticket.read"]';
      alter table setting_version enable trigger setting_version_is_append_only;
    `);
    // An account that never had a password is an invitation. One that invited several times opened all of their workspaces.
    this.addSql(`
      create temporary table never_accepted on commit drop as
        select id from account a where password_hash is null
          and not exists (select from single_sign_on s where s.account_id = a.id);
      update letter l set account_id = null, workspace_id = m.workspace_id, member_id = m.id
        from member m where m.account_id = l.account_id and l.kind = 'INVITATION' and l.used_at is null
          and l.account_id in (select id from never_accepted)
          and not exists (select from member o where o.account_id = m.account_id and o.id <> m.id);
      update member set account_id = null where account_id in (select id from never_accepted);
      delete from account where id in (select id from never_accepted);
      update account set address_proven_at = created_at;
      update letter set used_at = now() where kind = 'INVITATION' and member_id is null and used_at is null;
      update outgoing_mail set workspace_id = null where body ~ '/(invitation|reset)#link_';
      drop table never_accepted;
      -- What waits for the end of the transaction would keep later migrations from changing these tables.
      set constraints all immediate;
      set constraints all deferred;
    `);
  }

  override down(): void {
    this.addSql(`
      delete from letter where account_id is null;
      alter table letter drop column workspace_id, drop column member_id, drop column mailed, alter column account_id set not null;
      insert into account (id, email, created_at)
        select gen_random_uuid(), m.email, min(m.created_at) from member m
        where m.kind = 'PERSON' and m.account_id is null and not exists (select from account a where a.email = m.email) group by m.email;
      update member m set account_id = a.id from account a where m.kind = 'PERSON' and m.account_id is null and a.email = m.email;
      set constraints all immediate;
      set constraints all deferred;
      drop index member_invited_index;
      alter table member drop constraint member_check1, add check ((kind = 'PERSON') = (account_id is not null));
      alter table account drop column address_proven_at;
      drop table password_request;
      alter table access_token drop column parent_id;
      alter table event drop column token_id;
      alter table bulk_job drop column token_id;
      alter table public_link drop column read_at;
      drop trigger security_event_is_append_only on security_event;
      create trigger security_event_is_append_only before update or delete on security_event
        for each row execute function refuse_early_change();
      drop function refuse_security_change;
      drop index security_event_refusal_index;
      alter table security_event drop column token_id, drop column count, drop column minute;
      update custom_role set permissions = array_remove(permissions, 'ticket.read');
      update access_token set permissions = array_remove(permissions, 'ticket.read') where permissions is not null;
    `);
  }
}
