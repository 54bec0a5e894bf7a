import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { Ticket, visibleTickets } from '../tickets/index.ts';
import { filterSql, TicketOrder, type TicketFilter } from './ticket-filter.ts';
import { View } from './view.entity.ts';

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
  const rows: object[] = await scope.em.execute(
    `select t.* from ticket t where ${where.sql} and ${past.sql}
     order by ${column} ${direction}, t.id ${direction} limit ? offset ?`,
    [...where.parameters, ...past.parameters, first + 1, offset ?? 0],
  );
  const tickets = rows.slice(0, first).map((row) => scope.em.map(Ticket, row as never));
  return { tickets, hasNext: rows.length > first };
}

/** How many the viewer sees, under the same filter and rights as the page. */
export async function countTickets(scope: Scope, filter: TicketFilter): Promise<number> {
  const where = whereVisible(scope, filter);
  const [row]: { count: string }[] = await scope.em.execute(`select count(*) from ticket t where ${where.sql}`, where.parameters);
  return Number(row?.count ?? 0);
}

/** The counts of several filters in one round trip, in their order. */
export async function countEach(scope: Scope, filters: readonly TicketFilter[]): Promise<number[]> {
  if (filters.length === 0) return [];
  const wheres = filters.map((filter) => whereVisible(scope, filter));
  const [row]: Record<string, string>[] = await scope.em.execute(
    `select ${wheres.map(({ sql }, index) => `(select count(*) from ticket t where ${sql}) as c${index}`).join(', ')}`,
    wheres.flatMap(({ parameters }) => parameters),
  );
  return filters.map((_, index) => Number(row?.[`c${index}`] ?? 0));
}

/** When time alone next brings a ticket into one of the filters; null when it will not. */
export async function nextTimedEntry(scope: Scope, filters: readonly TicketFilter[]): Promise<Date | null> {
  const instants = await Promise.all(
    filters.map(async ({ dueWithinMinutes, ...rest }) => {
      if (dueWithinMinutes == null) return null;
      const edge = new Date(scope.now().getTime() + dueWithinMinutes * 60_000);
      const where = whereVisible(scope, rest);
      const [row]: { due_at: Date | null }[] = await scope.em.execute(
        `select t.due_at from ticket t where ${where.sql} and t.due_at > ? order by t.due_at limit 1`,
        [...where.parameters, edge],
      );
      return row?.due_at ? new Date(row.due_at).getTime() - dueWithinMinutes * 60_000 : null;
    }),
  );
  const known = instants.filter((instant) => instant !== null);
  return known.length > 0 ? new Date(Math.min(...known)) : null;
}

/** The tickets that time alone brought into a filter by due time since an instant, the earliest first, 100 at most. */
export async function findTimedEntries(scope: Scope, { dueWithinMinutes, ...rest }: TicketFilter, since: Date): Promise<string[]> {
  if (dueWithinMinutes == null) return [];
  const edge = (instant: Date) => new Date(instant.getTime() + dueWithinMinutes * 60_000);
  const where = whereVisible(scope, rest);
  const rows: { id: string }[] = await scope.em.execute(
    `select t.id from ticket t where ${where.sql} and t.due_at > ? and t.due_at <= ? order by t.due_at limit ?`,
    [...where.parameters, edge(since), edge(scope.now()), limits.pageSize],
  );
  return rows.map(({ id }) => id);
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

export function listViews(scope: Scope): Promise<View[]> {
  return scope.em.find(View, { workspaceId: scope.workspaceId }, { orderBy: { place: 'asc' } });
}

export function findView(scope: Scope, key: string): Promise<View | null> {
  return scope.em.findOne(View, { workspaceId: scope.workspaceId, ...(isId(key) ? { id: key } : { key }) });
}

function whereVisible(scope: Scope, filter: TicketFilter): { sql: string; parameters: unknown[] } {
  const wanted = filterSql(filter, scope.viewer, scope.now());
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
