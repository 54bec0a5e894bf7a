import { Migration } from '@mikro-orm/migrations';

/**
 * People, roles and rights: second factors, letters with one-time links, single sign-on, roles of a workspace's own,
 * tokens with fewer rights than their owner, machines, and a log of what touches security that nobody can rewrite.
 */
export class Migration0003Access extends Migration {
  override up(): void {
    this.addSql(`
      alter table account
        alter column password_hash drop not null,
        add column totp_secret text,
        add column totp_confirmed_at timestamptz(3),
        add column totp_last_step bigint;
      create table recovery_code (
        account_id uuid not null references account on delete cascade,
        code_hash text not null,
        used_at timestamptz(3),
        primary key (account_id, code_hash)
      );
      create table single_sign_on (
        issuer text not null,
        subject text not null,
        account_id uuid not null references account on delete cascade,
        created_at timestamptz(3) not null,
        primary key (issuer, subject)
      );
      create index single_sign_on_account_index on single_sign_on (account_id);
      create table letter (
        token_hash text primary key,
        kind text not null,
        account_id uuid not null references account on delete cascade,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        used_at timestamptz(3)
      );
      create index letter_account_index on letter (account_id);
    `);
    this.addSql(`
      create table custom_role (
        workspace_id uuid not null references workspace deferrable initially deferred,
        id uuid not null,
        name text not null,
        permissions text[] not null,
        version integer not null,
        primary key (workspace_id, id),
        unique (workspace_id, name)
      );
      alter table member
        alter column account_id drop not null,
        add column kind text not null default 'PERSON',
        add column custom_role_id uuid,
        add foreign key (workspace_id, custom_role_id) references custom_role deferrable initially deferred,
        add check ((role = 'CUSTOM') = (custom_role_id is not null)),
        add check ((kind = 'PERSON') = (account_id is not null));
      create index member_custom_role_index on member (workspace_id, custom_role_id);
      alter table session
        add column account_id uuid references account on delete cascade,
        add column address text not null default '',
        add column last_used_at timestamptz(3),
        add column confirmed_at timestamptz(3);
      update session s set account_id = m.account_id, confirmed_at = s.created_at from member m
      where m.workspace_id = s.workspace_id and m.id = s.member_id;
      alter table session alter column account_id set not null, alter column confirmed_at set not null;
      create index session_account_index on session (account_id);
      alter table access_token add column permissions text[];
    `);
    this.addSql(`
      create table security_event (
        workspace_id uuid not null,
        id uuid not null,
        kind text not null,
        actor_id uuid,
        subject_id uuid,
        address text not null,
        user_agent text not null,
        details jsonb not null,
        at timestamptz(3) not null,
        primary key (workspace_id, id)
      );
      create function refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception 'rows of % are never changed or deleted', tg_table_name;
      end $$;
      create trigger security_event_is_append_only before update or delete on security_event
        for each row execute function refuse_change();
      create table outgoing_mail (
        id uuid primary key,
        workspace_id uuid,
        recipient text not null,
        subject text not null,
        body text not null,
        created_at timestamptz(3) not null,
        due_at timestamptz(3),
        attempts integer not null,
        sent_at timestamptz(3)
      );
      create index outgoing_mail_due_index on outgoing_mail (due_at) where due_at is not null;
      create index outgoing_mail_workspace_index on outgoing_mail (workspace_id, created_at desc);
      create table rate_limit (
        key varchar(255) primary key,
        points integer not null default 0,
        expire bigint
      );
    `);
  }

  override down(): void {
    this.addSql(`
      drop table rate_limit, outgoing_mail, security_event, letter, single_sign_on, recovery_code;
      drop function refuse_change;
      delete from access_token where permissions is not null;
      alter table access_token drop column permissions;
      alter table session drop column account_id, drop column address, drop column last_used_at, drop column confirmed_at;
      delete from member where kind <> 'PERSON' or role = 'CUSTOM';
      alter table member drop column kind, drop column custom_role_id, alter column account_id set not null;
      drop table custom_role;
      delete from account where password_hash is null;
      alter table account drop column totp_secret, drop column totp_confirmed_at, drop column totp_last_step,
        alter column password_hash set not null;
    `);
  }
}
