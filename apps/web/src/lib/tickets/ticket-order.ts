import { priorities } from '@baton/rules';
import type { CustomFieldFragment, Priority, TicketOrder } from '#lib/graphql/generated/graphql.ts';

/** What a list is ordered by. `field`: for an order by one, which. */
export interface ListOrder {
  readonly order: TicketOrder;
  readonly field: CustomFieldFragment | null;
}

/** What of a ticket decides its place in a list. */
export interface Ordered {
  readonly id: string;
  readonly number: number;
  readonly priority: Priority;
  readonly updatedAt: string;
  readonly dueAt: string | null;
  readonly fields?: readonly { readonly field: { readonly id: string }; readonly values: readonly string[] }[] | undefined;
}

/** One part of what is compared. */
type Key = string | number;

/** Null = nothing to go by, which comes last. Instants are ISO 8601 in UTC, so they compare as texts. */
function keysOf({ order, field }: ListOrder, ticket: Ordered): readonly Key[] | null {
  if (order === 'NUMBER') return [ticket.number];
  if (order === 'PRIORITY') return [priorities.indexOf(ticket.priority)];
  if (order === 'QUEUE') return [-priorities.indexOf(ticket.priority), ticket.dueAt ?? '\uffff'];
  if (order === 'UPDATED') return [ticket.updatedAt];
  if (order === 'DUE') return ticket.dueAt === null ? null : [ticket.dueAt];
  const [value] = ticket.fields?.find((one) => one.field.id === field?.id)?.values ?? [];
  if (value === undefined) return null;
  if (field?.type === 'SELECT') return [field.options.findIndex(({ id }) => id === value)];
  // Numbers by their value, texts after them, as the server has it.
  const isNumber = /^-?\d{1,22}(\.\d{1,22})?(e[+-]?\d{1,2})?$/.test(value);
  return [isNumber ? Number(value) : Infinity, [...value].slice(0, 100).join('')];
}

const isAscending = ({ order }: ListOrder) => order === 'DUE' || order === 'QUEUE' || order === 'FIELD';

/** The server's order of a list; ids break ties, and among those with nothing to go by the newest comes first. */
export function compareTickets(order: ListOrder, a: Ordered, b: Ordered): number {
  const [ofA, ofB] = [keysOf(order, a), keysOf(order, b)];
  if (ofA === null || ofB === null) return Number(ofA === null) - Number(ofB === null) || compare(b.id, a.id);
  const difference = ofA.map((key, index) => compare(key, ofB[index] ?? '')).find((one) => one !== 0) ?? compare(a.id, b.id);
  return isAscending(order) ? difference : -difference;
}

function compare(a: Key, b: Key): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Where a ticket belongs in a list in order, whose rows may be unknown (null): before the first known row that comes
 * after it, and after the last known row that comes before it.
 */
export function placeFor(order: ListOrder, ticket: Ordered, rows: readonly (Ordered | null)[]): number {
  let afterKnown = 0;
  for (const [index, row] of rows.entries()) {
    if (!row) continue;
    if (compareTickets(order, ticket, row) < 0) return afterKnown;
    afterKnown = index + 1;
  }
  return afterKnown;
}
