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
  }

  override down(): void {
    this.addSql(`
      alter table ticket_search drop column pairs;
      drop function search_pairs;
    `);
  }
}
