import type { TicketOrder } from '#lib/graphql/generated/graphql.ts';

/** What of a ticket decides its place in a list. */
export interface Ordered {
  readonly id: string;
  readonly number: number;
  readonly updatedAt: string;
  readonly dueAt: string | null;
}

const nothingDue = '9999';

/** The server's order of a list: the instants are ISO 8601 in UTC, so they compare as texts, and ids break ties. */
export function compareTickets(order: TicketOrder, a: Ordered, b: Ordered): number {
  if (order === 'NUMBER') return b.number - a.number;
  if (order === 'DUE') return compare(a.dueAt ?? nothingDue, b.dueAt ?? nothingDue) || compare(a.id, b.id);
  return compare(b.updatedAt, a.updatedAt) || compare(b.id, a.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Where a ticket belongs in a list in order, whose rows may be unknown (null): before the first known row that comes
 * after it, and after the last known row that comes before it.
 */
export function placeFor(order: TicketOrder, ticket: Ordered, rows: readonly (Ordered | null)[]): number {
  let afterKnown = 0;
  for (const [index, row] of rows.entries()) {
    if (!row) continue;
    if (compareTickets(order, ticket, row) < 0) return afterKnown;
    afterKnown = index + 1;
  }
  return afterKnown;
}
