import { Migration } from '@mikro-orm/migrations';

/**
 * Full-text search over everything of a ticket. One document a ticket, so that words of its subject and of its messages
 * are found together; the weights say whose they are, so that a question can leave out what its asker may not read:
 * A = subject and the client's name, B = the client's details, C = description and messages, D = notes.
 */
export class Migration0011Search extends Migration {
  override up(): void {
    this.addSql('create extension if not exists btree_gin');
    this.addSql('create extension if not exists fuzzystrmatch');
    this.addSql(`
      -- An apostrophe is part of a Ukrainian word and is typed in three ways; of these the modifier letter keeps the word
      -- whole. What looks like a tag would be left out, and a script with all that follows.
      create function search_plain(line text) returns text language sql immutable parallel safe return
        translate(regexp_replace(line, '([а-яіїєґ])[''’ʼ]([а-яіїєґ])', '\\1ʼ\\2', 'gi'), '<>', '  ');
      -- Rich text as plain.
      create function search_rich(html text) returns text language sql immutable parallel safe return
        search_plain(replace(replace(replace(replace(replace(regexp_replace(html, '<[^>]*>', ' ', 'g'),
          '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&'));

      create view search_text as
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
        select n.workspace_id, n.ticket_id, 'NOTE', 'D', search_rich(n.body), n.created_at from note n where n.deleted_at is null;

      create table ticket_search (
        workspace_id uuid not null,
        ticket_id uuid not null,
        -- As the ticket has it: the newest matches are found along it.
        number integer not null,
        words tsvector not null,
        primary key (workspace_id, ticket_id),
        foreign key (workspace_id, ticket_id) references ticket on delete cascade deferrable initially deferred
      );
      create index ticket_search_words_index on ticket_search using gin (workspace_id, words);
      create index ticket_search_number_index on ticket_search (workspace_id, number);

      -- The words that documents have, for whoever misspells one.
      create table search_word (
        workspace_id uuid not null references workspace on delete cascade,
        word text not null,
        primary key (workspace_id, word)
      );
      create index search_word_index on search_word using gin (workspace_id, word gin_trgm_ops);

      -- Text beyond 200,000 characters of one kind is not looked at: a document holds a megabyte at most.
      create function index_tickets(in_workspace uuid, ticket_ids uuid[]) returns void language sql begin atomic
        insert into ticket_search (workspace_id, ticket_id, number, words)
          select t.workspace_id, t.id, t.number,
            setweight(to_tsvector('english', coalesce(left(p.a, 200000), '')), 'A') || setweight(to_tsvector('english', coalesce(left(p.b, 200000), '')), 'B')
            || setweight(to_tsvector('english', coalesce(left(p.c, 200000), '')), 'C') || setweight(to_tsvector('english', coalesce(left(p.d, 200000), '')), 'D')
          from ticket t
          cross join lateral (
            select string_agg(body, ' ' order by created_at desc) filter (where weight = 'A') as a, string_agg(body, ' ' order by created_at desc) filter (where weight = 'B') as b,
              string_agg(body, ' ' order by created_at desc) filter (where weight = 'C') as c, string_agg(body, ' ' order by created_at desc) filter (where weight = 'D') as d
            from search_text s where s.workspace_id = t.workspace_id and s.ticket_id = t.id) p
          where t.workspace_id = in_workspace and t.id = any (ticket_ids)
          on conflict (workspace_id, ticket_id) do update set words = excluded.words;
        -- In one order, so that two who bring the same new words never wait for each other.
        insert into search_word (workspace_id, word)
          select distinct in_workspace, w.word from ticket_search d cross join lateral unnest(tsvector_to_array(d.words)) w(word)
          where d.workspace_id = in_workspace and d.ticket_id = any (ticket_ids) and w.word ~ '^[[:alpha:]]{4,30}$'
            and not exists (select from search_word known where known.workspace_id = in_workspace and known.word = w.word)
          order by 2
          on conflict do nothing;
      end;
    `);
    this.addSql('select index_tickets(workspace.id, (select array_agg(id) from ticket where workspace_id = workspace.id)) from workspace');
  }

  override down(): void {
    this.addSql(`
      drop function index_tickets;
      drop table search_word, ticket_search;
      drop view search_text;
      drop function search_rich;
      drop function search_plain;
    `);
  }
}
