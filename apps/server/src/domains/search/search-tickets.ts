import { InvalidInput } from '../../kernel/domain-error.ts';
import { requirePageSize } from '../../platform/paging.ts';
import type { Scope } from '../../platform/scope.ts';
import { canReadContactDetails } from '../contacts/index.ts';
import { canReadNotes } from '../notes/index.ts';
import { Ticket, visibleTickets } from '../tickets/index.ts';
import { whereVisible, type TicketFilter } from '../views/index.ts';
import { pairsOf, tsQuery, wantedIn, type KnownWord, type Wanted } from './query-words.ts';

export interface SearchTickets {
  readonly text: string;
  readonly filter: TicketFilter;
  /** 1 to 100. */
  readonly first: number;
  /** How many to skip. */
  readonly offset: number;
}

export const SearchSource = {
  SUBJECT: 'SUBJECT',
  DESCRIPTION: 'DESCRIPTION',
  MESSAGE: 'MESSAGE',
  NOTE: 'NOTE',
  CLIENT: 'CLIENT',
  FIELD: 'FIELD',
} as const;
export type SearchSource = (typeof SearchSource)[keyof typeof SearchSource];

/** Where in a ticket the words stand, with a few words around them. */
export interface Snippet {
  readonly source: SearchSource;
  readonly pieces: readonly { readonly text: string; readonly isMatch: boolean }[];
}

export interface Hit {
  readonly ticket: Ticket;
  readonly snippets: readonly Snippet[];
}

export interface Hits {
  readonly hits: readonly Hit[];
  readonly hasNext: boolean;
}

const longest = 200;
/** So many of the newest matches are ranked: a word that half the desk has costs no more than a rare one. */
const ranked = 200;

/** The tickets in which the words stand and that the viewer sees, the best first; a ticket's own number before all. */
export async function searchTickets(scope: Scope, { text, filter, first, offset }: SearchTickets): Promise<Hits> {
  if (text.length > longest) throw new InvalidInput(`A search has at most ${longest} characters; ${text.length} were given.`, 'text');
  requirePageSize('first', first);
  const { em, workspaceId } = scope;
  const wanted = wantedIn(text);
  const known = await knownWords(scope, wanted);
  const query = tsQuery(wanted, known, weightsFor(scope));
  const number = /^#?(\d{1,9})$/.exec(text.trim())?.[1] ?? null;
  if (query === null && number === null) return { hits: [], hasNext: false };
  const own = number === null ? null : await ownNumber(scope, number, filter);
  const found = query === null ? [] : await newestMatches(scope, { query, pairs: pairsOf(wanted, known) }, filter);
  const ordered = found.filter(({ id }) => id !== own?.id).sort((a, b) => b.rank - a.rank || b.number - a.number);
  const rows = [...(own ? [own] : []), ...ordered].slice(offset, offset + first + 1);
  const ids = rows.slice(0, first).map(({ id }) => id);
  const tickets = new Map((await em.find(Ticket, { workspaceId, id: { $in: ids } })).map((ticket) => [ticket.id, ticket]));
  const snippets = await snippetsOf(scope, ids, query);
  const hits = ids.flatMap((id) => {
    const ticket = tickets.get(id);
    return ticket ? [{ ticket, snippets: snippets.get(id) ?? [] }] : [];
  });
  return { hits, hasNext: rows.length > first };
}

/** The ticket that has the number, where the filter lets it in. */
async function ownNumber(scope: Scope, number: string, filter: TicketFilter): Promise<{ readonly id: string } | null> {
  const { sql, parameters } = await whereVisible(scope, filter);
  const [row]: { id: string }[] = await scope.em.execute(`select t.id from ticket t where ${sql} and t.number = ?`, [
    ...parameters,
    Number(number),
  ]);
  return row ?? null;
}

interface Match {
  readonly id: string;
  readonly number: number;
  readonly rank: number;
}

/** So many of the newest documents say how common a question is. */
const sampled = 1000;
/** From so many of these on it is quicker to walk the newest documents than to gather all that match and order them. */
const common = 5;
/** The number of newest documents that are searched first for a single word. */
const glanced = 200;
/** As far as that walk goes. */
const walked = 40_000;

interface Question {
  readonly query: string;
  /** That what matches has, by which what is rare is found at once. */
  readonly pairs: readonly number[];
}

/**
 * The newest matches, with how well they fit: where the words stand near each other weighs most; what is a month old
 * weighs two thirds of what is new. The database cannot tell by itself which way is the shorter, as it knows little of
 * how often the beginning of a word occurs.
 */
async function newestMatches(scope: Scope, { query, pairs }: Question, filter: TicketFilter): Promise<Match[]> {
  const { em, workspaceId } = scope;
  const { sql: visible, parameters } = await whereVisible(scope, filter);
  const rank = rankOf(scope, query);
  const match = (documents: string, order: string, given: readonly unknown[]): Promise<Match[]> =>
    em.execute(
      `select id, number, ${rank.sql} * (1 + exp(extract(epoch from since - ?::timestamptz) / 2592000) / 2) as rank
       from (
         select d.ticket_id as id, d.number, d.words, ${rank.since} as since from ${documents} d
         join ticket t on t.workspace_id = d.workspace_id and t.id = d.ticket_id
         where d.workspace_id = ? and d.words @@ ?::tsquery and ${visible} order by ${order} desc limit ${ranked}) found`,
      [rank.query, scope.now(), ...given, workspaceId, query, ...parameters],
    );
  const [sample]: { count: string }[] = await em.execute(
    `select count(*) from (select words from ticket_search where workspace_id = ? order by number desc limit ${sampled}) newest where words @@ ?::tsquery`,
    [workspaceId, query],
  );
  if (Number(sample?.count) >= common) {
    const newest = `(select * from ticket_search where workspace_id = ? order by number desc limit ${walked})`;
    const matches = await match(newest, 'd.number', [workspaceId]);
    if (matches.length === ranked) return matches;
  }
  // By an expression, so that it is not walked along the index of numbers.
  const paired = '(select * from ticket_search where pairs @> ?::int4[])';
  return pairs.length > 0 ? match(paired, 'd.number + 0', [`{${pairs.join(',')}}`]) : match('ticket_search', 'd.number + 0', []);
}

interface Ranking {
  readonly sql: string;
  readonly query: string;
  /** From when on a match is new. */
  readonly since: string;
}

/**
 * How well a document fits, by nothing that the viewer may not read: hidden parts neither count as its length, nor stand
 * between two words, nor make it new. Notes are the last part of a document; the details of a customer are between others,
 * so that for viewers without these the distance of words says nothing.
 */
function rankOf(scope: Scope, query: string): Ranking {
  const weights = weightsFor(scope);
  const words = weights === '' ? 'words' : `ts_filter(words, '{${[...weights.toLowerCase()].join(',')}}')`;
  const since = canReadNotes(scope.viewer) ? 't.updated_at' : 't.created_at';
  const byDistance = weights === '' || weights.includes('B');
  return byDistance
    ? { sql: `ts_rank_cd('{0.2, 0.3, 0.5, 1}', ${words}, ?::tsquery, 1)`, query, since }
    : { sql: `ts_rank('{0.2, 0.3, 0.5, 1}', ${words}, ?::tsquery, 1)`, query: anyOf(query), since };
}

/** The same question, answered by any of its words. */
function anyOf(query: string): string {
  return query
    .replaceAll(' & ', ' | ')
    .replaceAll(/!\([^)]*\)( \| )?/g, '')
    .replace(/ \| $/, '');
}

/** Where the viewer may be answered from: a word that only a hidden note has finds nothing. '' = everywhere. */
function weightsFor({ viewer }: Scope): string {
  const weights = `A${canReadContactDetails(viewer) ? 'B' : ''}C${canReadNotes(viewer) ? 'D' : ''}`;
  return weights === 'ABCD' ? '' : weights;
}

/** What the viewer is corrected by: a word that a visible ticket has where they may read it. */
function readableWord(scope: Scope, word: string): { readonly sql: string; readonly parameters: readonly unknown[] } {
  const { workspaceId, viewer } = scope;
  const weights = weightsFor(scope);
  const query = `(quote_literal(${word})${weights === '' ? '' : ` || ':${weights}'`})::tsquery`;
  const visible = visibleTickets(viewer);
  const among = (documents: string) =>
    `exists (select from ${documents} d join ticket t on t.workspace_id = d.workspace_id and t.id = d.ticket_id
       where d.workspace_id = ? and d.words @@ ${query} and ${visible.sql})`;
  // The newest documents have most words that are common, and finding all documents with such a word takes long.
  const newest = `(select * from ticket_search where workspace_id = ? order by number desc limit ${glanced})`;
  return {
    sql: `(${among(newest)} or ${among('ticket_search')})`,
    parameters: [workspaceId, workspaceId, ...visible.parameters, workspaceId, ...visible.parameters],
  };
}

async function knownWords(scope: Scope, wanted: readonly Wanted[]): Promise<KnownWord[]> {
  if (wanted.length === 0) return [];
  const { em, workspaceId } = scope;
  const [corrected, spelled] = [readableWord(scope, 'n.word'), readableWord(scope, 'w.word')];
  return em.execute(
    `select tsvector_to_array(to_tsvector('english', search_plain(w.text))) as stems, phraseto_tsquery('english', search_plain(w.text))::text as phrase,
       to_json(search_pairs(to_tsvector('english', search_plain(w.text)))) as pairs,
       coalesce(near.words, '{}') as near
     from unnest(?::text[]) with ordinality w(text, place)
     cross join lateral (select case when cardinality(s.stems) = 1 and s.stems[1] ~ '^[[:alpha:]]{4,30}$' then s.stems[1] end as stem
       from (select tsvector_to_array(to_tsvector('english', search_plain(w.text))) as stems) s) one
     left join lateral (
       select array_agg(k.word) as words from (
         select n.word from (
           select word from search_word where workspace_id = ? and word % one.stem
             and levenshtein_less_equal(word, one.stem, 2) <= case when length(one.stem) < 6 then 1 else 2 end
           order by levenshtein(word, one.stem), similarity(word, one.stem) desc, word offset 0) n
         where ${corrected.sql} limit 5) k
       where not exists (select from search_word w where w.workspace_id = ? and w.word ^@ one.stem and ${spelled.sql})) near on one.stem is not null
     order by w.place`,
    [
      `{${wanted.map(({ text }) => JSON.stringify(text)).join(',')}}`,
      workspaceId,
      ...corrected.parameters,
      workspaceId,
      ...spelled.parameters,
    ],
  );
}

// Marks that no text has: of the private use area.
const begin = '\uE000';
const end = '\uE001';

/** For each ticket its subject, where the words stand there, and the part in which most of them stand. */
async function snippetsOf(scope: Scope, ids: readonly string[], query: string | null): Promise<Map<string, Snippet[]>> {
  const snippets = new Map<string, Snippet[]>();
  if (query === null || ids.length === 0) return snippets;
  const weights = weightsFor(scope) || 'ABCD';
  // Any of the words is shown where it stands; that all are in the ticket is known.
  const any = anyOf(query).replaceAll(/:(\*?)[A-D]+/g, (_, star: string) => (star ? ':*' : ''));
  const rows: { id: string; source: SearchSource; headline: string }[] = await scope.em.execute(
    `select ticket_id as id, source, ts_headline('english', body, ?::tsquery,
       case source when 'SUBJECT' then 'HighlightAll=true' else 'MaxWords=24, MinWords=12, MaxFragments=1' end || ', StartSel=${begin}, StopSel=${end}') as headline
     from (
       select s.ticket_id, s.source, s.body, row_number() over (partition by s.ticket_id, s.source = 'SUBJECT'
         order by ts_rank_cd(to_tsvector('english', s.body), ?::tsquery) desc, s.created_at desc) as place
       from search_text s where s.workspace_id = ? and s.ticket_id = any(?::uuid[]) and s.weight = any(?::text[]) and to_tsvector('english', s.body) @@ ?::tsquery) best
     where place = 1 order by source = 'SUBJECT' desc`,
    [any, any, scope.workspaceId, `{${ids.join(',')}}`, `{${[...weights].join(',')}}`, any],
  );
  for (const { id, source, headline } of rows) snippets.set(id, [...(snippets.get(id) ?? []), { source, pieces: piecesOf(headline) }]);
  return snippets;
}

function piecesOf(headline: string): Snippet['pieces'] {
  return headline
    .split(begin)
    .flatMap((part, index) => {
      if (index === 0) return [{ text: part, isMatch: false }];
      const [match = '', rest = ''] = part.split(end);
      return [
        { text: match, isMatch: true },
        { text: rest, isMatch: false },
      ];
    })
    .filter(({ text }) => text !== '');
}
