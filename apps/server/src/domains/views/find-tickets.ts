import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { ticketOfRow, visibleTickets, type Ticket } from '../tickets/index.ts';
import { filterSql, requireReasonable, TicketOrder, type SqlCondition, type TicketFilter } from './ticket-filter.ts';

export interface FindTickets {
  readonly filter: TicketFilter;
  readonly order: TicketOrder;
  /** 1 to 100 rows. */
  readonly first: number;
  readonly after?: string | null | undefined;
  /** Rows to skip from the cursor on: how a list jumps to where its scroll bar was dragged. */
  readonly offset?: number | null | undefined;
}

export interface TicketPage {
  readonly tickets: readonly Ticket[];
  readonly hasNext: boolean;
}

const orders: Record<TicketOrder, { readonly column: string; readonly direction: 'asc' | 'desc'; readonly type: string }> = {
  UPDATED: { column: 't.updated_at', direction: 'desc', type: 'timestamptz' },
  DUE: { column: 't.due_at', direction: 'asc', type: 'timestamptz' },
  NUMBER: { column: 't.number', direction: 'desc', type: 'integer' },
};

/** A page of the tickets that match and that the viewer may see. */
export async function findTickets(scope: Scope, { filter, order, first, after, offset }: FindTickets): Promise<TicketPage> {
  if (first < 1 || first > limits.pageSize) {
    throw new InvalidInput(`A page has 1 to ${limits.pageSize} tickets; ${first} were asked for.`, 'first');
  }
  if (offset != null && offset < 0) throw new InvalidInput(`An offset is 0 or more; ${offset} was given.`, 'offset');
  const { column, direction } = orders[order];
  const where = whereVisible(scope, filter);
  const past = after ? pastCursor(order, after) : { sql: 'true', parameters: [] };
  const rows: Record<string, unknown>[] = await scope.em.execute(
    `select t.* from ticket t where ${where.sql} and ${past.sql}
     order by ${column} ${direction}, t.id ${direction} limit ? offset ?`,
    [...where.parameters, ...past.parameters, first + 1, offset ?? 0],
  );
  const tickets = rows.slice(0, first).map(ticketOfRow);
  return { tickets, hasNext: rows.length > first };
}

/** How many the viewer sees, under the same filter and rights as the page. */
export async function countTickets(scope: Scope, filter: TicketFilter): Promise<number> {
  const where = whereVisible(scope, filter);
  const [row]: { count: string }[] = await scope.em.execute(`select count(*) from ticket t where ${where.sql}`, where.parameters);
  return Number(row?.count ?? 0);
}

/** Counts of one snapshot, and which events the snapshot holds: those up to a position, and some without one yet. */
export interface CountsAsOf {
  readonly counts: readonly number[];
  readonly position: number;
  readonly included: ReadonlySet<string>;
}

/** The counts of several filters, in their order and in one statement, so that all are of one snapshot. */
export async function countsAsOf(scope: Scope, filters: readonly TicketFilter[], now: Date): Promise<CountsAsOf> {
  const wheres = filters.map((filter) => whereVisible(scope, filter, now));
  const counts = wheres.map(({ sql }, index) => `, (select count(*) from ticket t where ${sql}) as c${index}`);
  const [row]: (Record<string, string> & { included: string[] })[] = await scope.em.execute(
    `select s.position, array(select id from event where workspace_id = s.workspace_id and position is null) as included ${counts.join('')}
     from stream s where s.workspace_id = ?`,
    [...wheres.flatMap(({ parameters }) => parameters), scope.workspaceId],
  );
  return {
    counts: filters.map((_, index) => Number(row?.[`c${index}`] ?? 0)),
    position: Number(row?.position ?? 0),
    included: new Set(row?.included),
  };
}

/** A ticket's place in an order, opaque to clients. */
export function cursorOf(order: TicketOrder, ticket: Ticket): string {
  const key =
    order === TicketOrder.NUMBER
      ? ticket.number
      : order === TicketOrder.DUE
        ? (ticket.dueAt?.toISOString() ?? null)
        : ticket.updatedAt.toISOString();
  return Buffer.from(JSON.stringify([order, key, ticket.id])).toString('base64url');
}

/** The tickets that match and that the viewer may see, as SQL over the alias `t`. */
export function whereVisible(scope: Scope, filter: TicketFilter, now = scope.now()): SqlCondition {
  requireReasonable(filter);
  const wanted = filterSql(filter, scope.viewer, now);
  const visible = visibleTickets(scope.viewer);
  return {
    sql: `t.workspace_id = ? and ${wanted.sql} and ${visible.sql}`,
    parameters: [scope.workspaceId, ...wanted.parameters, ...visible.parameters],
  };
}

function pastCursor(order: TicketOrder, cursor: string): { sql: string; parameters: unknown[] } {
  const { column, direction, type } = orders[order];
  const [key, id] = readCursor(order, cursor);
  const past = direction === 'desc' ? '<' : '>';
  // Rows without a due instant come last, so a cursor among them has only the id to go by.
  if (key === null) return { sql: `${column} is null and t.id ${past} ?`, parameters: [id] };
  const beyond = order === TicketOrder.DUE ? ` or ${column} is null` : '';
  return { sql: `((${column}, t.id) ${past} (?::${type}, ?::uuid)${beyond})`, parameters: [key, id] };
}

function readCursor(order: TicketOrder, cursor: string): [string | number | null, string] {
  try {
    const [made, key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string | number | null, string];
    const keyFits = key === null || (order === TicketOrder.NUMBER ? Number.isInteger(key) : !Number.isNaN(Date.parse(String(key))));
    if (made === order && isId(id) && keyFits) return [key, id];
  } catch {
    // Falls through to the one answer for everything that is no cursor of ours.
  }
  throw new InvalidInput('The cursor is not one of this list. Use an endCursor or cursor that the same list gave you.', 'after');
}
