import { InvalidInput } from '../../kernel/domain-error.ts';
import { requirePageSize } from '../../platform/paging.ts';
import type { Scope } from '../../platform/scope.ts';
import { ticketOfRow, visibleTickets, type Ticket } from '../tickets/index.ts';
import { currentFilter } from './current-filter.ts';
import { filterSql, requireReasonable, type SqlCondition, type TicketFilter } from './ticket-filter.ts';
import { cursorOf, orderingOf, placeAt, type OrderAsked, type Ordering, type Place } from './ticket-order.ts';

export interface FindTickets extends OrderAsked {
  readonly filter: TicketFilter;
  /** 1 to 100 rows. */
  readonly first: number;
  readonly after?: string | null | undefined;
  /** Rows to skip from the cursor on: how a list jumps to where its scroll bar was dragged. */
  readonly offset?: number | null | undefined;
}

export interface TicketPage {
  readonly tickets: readonly Ticket[];
  readonly cursorOf: (ticket: Ticket) => string;
  readonly hasNext: boolean;
}

type Row = Record<string, unknown> & { readonly id: string };

/** A stretch of an order: so many rows after a place. */
interface Stretch {
  readonly after: Place | null;
  readonly limit: number;
  readonly offset: number;
}

/** A page of the tickets that match and that the viewer may see. */
export async function findTickets(scope: Scope, { filter, first, after, offset, ...asked }: FindTickets): Promise<TicketPage> {
  requirePageSize('first', first);
  if (offset != null && offset < 0) throw new InvalidInput(`An offset is 0 or more; ${offset} was given.`, 'offset');
  const ordering = await orderingOf(scope, asked);
  const where = await whereVisible(scope, filter);
  const stretch = { after: placeAt(ordering, after), limit: first + 1, offset: offset ?? 0 };
  const rows = await rowsIn(scope, ordering, where, stretch);
  const places = new Map(rows.map((row) => [row.id, cursorOf(ordering, placeOf(ordering, row))]));
  return {
    tickets: rows.slice(0, first).map(ticketOfRow),
    cursorOf: ({ id }) => places.get(id) ?? '',
    hasNext: rows.length > first,
  };
}

/** First those that have what the order goes by, then the others: each by an index of its own. */
async function rowsIn(scope: Scope, ordering: Ordering, where: SqlCondition, stretch: Stretch): Promise<Row[]> {
  const { present } = ordering;
  if (present === null) return rowsBy(scope, ordering, where, stretch);
  const { after, limit, offset } = stretch;
  const isPastThem = after !== null && after.keys === null;
  const having = { sql: `${where.sql} and ${present}`, parameters: where.parameters };
  const rows = isPastThem ? [] : await rowsBy(scope, ordering, having, stretch);
  if (rows.length === limit) return rows;
  const skipped = isPastThem || rows.length > 0 || offset === 0 ? 0 : await countAfter(scope, ordering, having, after);
  const others = await rowsBy(
    scope,
    { ...ordering, keys: [], direction: 'desc' },
    { sql: `${where.sql} and not coalesce(${present}, false)`, parameters: where.parameters },
    {
      after: isPastThem ? { keys: [], id: after.id } : null,
      limit: limit - rows.length,
      offset: rows.length > 0 ? 0 : offset - skipped,
    },
  );
  return [...rows, ...others];
}

function rowsBy(scope: Scope, ordering: Ordering, where: SqlCondition, { after, limit, offset }: Stretch): Promise<Row[]> {
  const { join, keys, direction } = ordering;
  const past = pastPlace(ordering, after);
  const shown = keys.map(({ sql }, index) => `, (${sql})::text as key_${index}`).join('');
  const order = [...keys.map(({ sql }) => sql), 't.id'].map((sql) => `${sql} ${direction}`).join(', ');
  const inKeys = keys.flatMap(({ parameters }) => parameters);
  return scope.em.execute(
    `select t.*${shown} from ticket t ${join.sql} where ${where.sql} and ${past.sql} order by ${order} limit ? offset ?`,
    [...inKeys, ...join.parameters, ...where.parameters, ...past.parameters, ...inKeys, limit, offset],
  );
}

async function countAfter(scope: Scope, ordering: Ordering, where: SqlCondition, after: Place | null): Promise<number> {
  const { join } = ordering;
  const past = pastPlace(ordering, after);
  const [row]: { count: string }[] = await scope.em.execute(
    `select count(*) from ticket t ${join.sql} where ${where.sql} and ${past.sql}`,
    [...join.parameters, ...where.parameters, ...past.parameters],
  );
  return Number(row?.count ?? 0);
}

function pastPlace({ keys, direction }: Ordering, after: Place | null): SqlCondition {
  if (after === null) return { sql: 'true', parameters: [] };
  const sides = [...keys.map(({ sql }) => sql), 't.id'].join(', ');
  const marks = [...keys.map(({ type }) => `?::${type}`), '?::uuid'].join(', ');
  return {
    sql: `(${sides}) ${direction === 'desc' ? '<' : '>'} (${marks})`,
    parameters: [...keys.flatMap(({ parameters }) => parameters), ...(after.keys ?? []), after.id],
  };
}

/** By the keys of the row; a row of those that have nothing was read without any. */
function placeOf({ keys }: Ordering, row: Row): Place {
  const isWithout = keys.length > 0 && !('key_0' in row);
  return { id: row.id, keys: isWithout ? null : keys.map((_, index) => String(row[`key_${index}`])) };
}

/** How many the viewer sees, under the same filter and rights as the page. */
export async function countTickets(scope: Scope, filter: TicketFilter): Promise<number> {
  const where = await whereVisible(scope, filter);
  const [row]: { count: string }[] = await scope.em.execute(`select count(*) from ticket t where ${where.sql}`, where.parameters);
  return Number(row?.count ?? 0);
}

/** How many the viewer sees under each of several filters, in their order and in one statement. */
export async function countEach(scope: Scope, filters: readonly TicketFilter[]): Promise<number[]> {
  const { sql, parameters } = countsSql(await Promise.all(filters.map((filter) => whereVisible(scope, filter))));
  const [row]: Record<string, string>[] = await scope.em.execute(`select ${sql}`, parameters);
  return filters.map((_, index) => Number(row?.[`c${index}`] ?? 0));
}

function countsSql(wheres: readonly SqlCondition[]): SqlCondition {
  return {
    sql: wheres.map(({ sql }, index) => `(select count(*) from ticket t where ${sql}) as c${index}`).join(', '),
    parameters: wheres.flatMap(({ parameters }) => parameters),
  };
}

export const TicketGrouping = { STATUS: 'STATUS', PRIORITY: 'PRIORITY', ASSIGNEE: 'ASSIGNEE', TEAM: 'TEAM', TOPIC: 'TOPIC' } as const;
export type TicketGrouping = (typeof TicketGrouping)[keyof typeof TicketGrouping];

/** `key`: a priority, or the id of the status, member, team or topic; null = those that have none. */
export interface TicketGroup {
  readonly key: string | null;
  readonly count: number;
}

const groupColumns: Readonly<Record<TicketGrouping, string>> = {
  STATUS: 't.status_id',
  PRIORITY: 't.priority',
  ASSIGNEE: 't.assignee_id',
  TEAM: 't.team_id',
  TOPIC: 't.topic_id',
};

/** How many of the tickets that match there are of each kind, in no order; kinds without any are left out. */
export async function groupTickets(scope: Scope, filter: TicketFilter, by: TicketGrouping): Promise<TicketGroup[]> {
  const where = await whereVisible(scope, filter);
  const rows: { key: string | null; count: string }[] = await scope.em.execute(
    `select ${groupColumns[by]} as key, count(*) from ticket t where ${where.sql} group by 1`,
    where.parameters,
  );
  return rows.map(({ key, count }) => ({ key, count: Number(count) }));
}

/** Counts of one snapshot, and which events the snapshot holds: those up to a position, and some without one yet. */
export interface CountsAsOf {
  readonly counts: readonly number[];
  readonly position: number;
  readonly included: ReadonlySet<string>;
}

/** The counts of several filters, in their order and in one statement, so that all are of one snapshot. */
export async function countsAsOf(scope: Scope, filters: readonly TicketFilter[], now: Date): Promise<CountsAsOf> {
  const counts = countsSql(await Promise.all(filters.map((filter) => whereVisible(scope, filter, now))));
  const [row]: (Record<string, string> & { included: string[] })[] = await scope.em.execute(
    `select s.position, array(select id from event where workspace_id = s.workspace_id and position is null) as included${counts.sql && `, ${counts.sql}`}
     from stream s where s.workspace_id = ?`,
    [...counts.parameters, scope.workspaceId],
  );
  return {
    counts: filters.map((_, index) => Number(row?.[`c${index}`] ?? 0)),
    position: Number(row?.position ?? 0),
    included: new Set(row?.included),
  };
}

/** The tickets that match and that the viewer may see, as SQL over the alias `t`. */
export async function whereVisible(scope: Scope, filter: TicketFilter, now = scope.now()): Promise<SqlCondition> {
  requireReasonable(filter);
  const wanted = filterSql(await currentFilter(scope, filter), scope.viewer, now);
  const visible = visibleTickets(scope.viewer);
  return {
    sql: `t.workspace_id = ? and ${wanted.sql} and ${visible.sql}`,
    parameters: [scope.workspaceId, ...wanted.parameters, ...visible.parameters],
  };
}
