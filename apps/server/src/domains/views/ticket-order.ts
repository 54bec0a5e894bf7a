import { InvalidInput } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import { invalidCursor, readCursor, writeCursor, type KeyType } from '../../platform/paging.ts';
import type { Scope } from '../../platform/scope.ts';
import { listFields, type CustomField } from '../fields/index.ts';
import type { SqlCondition } from './ticket-filter.ts';
import type { View } from './view.entity.ts';

export const TicketOrder = {
  UPDATED: 'UPDATED',
  DUE: 'DUE',
  NUMBER: 'NUMBER',
  PRIORITY: 'PRIORITY',
  QUEUE: 'QUEUE',
  FIELD: 'FIELD',
  FIELD_DESCENDING: 'FIELD_DESCENDING',
} as const;
export type TicketOrder = (typeof TicketOrder)[keyof typeof TicketOrder];

/** What a page is ordered by. `orderFieldId`: for an order by a field, which. */
export interface OrderAsked {
  readonly order: TicketOrder;
  readonly orderFieldId?: string | null | undefined;
}

/** One part of a sort key, as SQL. */
interface SortKey extends SqlCondition {
  readonly type: KeyType;
}

/**
 * An order of tickets, as SQL over the alias `t`. The id breaks ties. Tickets for which `present` does not hold have nothing
 * to be ordered by and come after all others, the newest first.
 */
export interface Ordering {
  /** Distinguishes the cursors of this order from those of others. */
  readonly name: string;
  readonly join: SqlCondition;
  readonly present: string | null;
  readonly keys: readonly SortKey[];
  readonly direction: 'asc' | 'desc';
}

const nothing: SqlCondition = { sql: '', parameters: [] };
const key = (sql: string, type: KeyType): SortKey => ({ sql, type, parameters: [] });

const plain: Readonly<Record<Exclude<TicketOrder, 'FIELD' | 'FIELD_DESCENDING'>, Omit<Ordering, 'name'>>> = {
  UPDATED: { join: nothing, present: null, keys: [key('t.updated_at', 'timestamptz')], direction: 'desc' },
  DUE: { join: nothing, present: 't.due_at is not null', keys: [key('t.due_at', 'timestamptz')], direction: 'asc' },
  NUMBER: { join: nothing, present: null, keys: [key('t.number', 'integer')], direction: 'desc' },
  PRIORITY: { join: nothing, present: null, keys: [key('priority_rank(t.priority)', 'integer')], direction: 'desc' },
  // The id breaks ties by age: it grows with time.
  QUEUE: {
    join: nothing,
    present: null,
    keys: [key('-priority_rank(t.priority)', 'integer'), key(`coalesce(t.due_at, 'infinity')`, 'timestamptz')],
    direction: 'asc',
  },
};

/** Values of these say nothing about which comes first. */
const unordered: readonly CustomField['type'][] = ['MULTI_SELECT', 'CONTACT', 'MEMBER'];

/** Refuses an order by a field that the viewer does not see, or that has none. */
export async function orderingOf(scope: Scope, { order, orderFieldId }: OrderAsked): Promise<Ordering> {
  if (order !== 'FIELD' && order !== 'FIELD_DESCENDING') return { name: order, ...plain[order] };
  if (!orderFieldId || !isId(orderFieldId)) throw new InvalidInput('Say by which field to order, with its id.', 'orderFieldId');
  const field = (await listFields(scope)).find(({ id }) => id === orderFieldId);
  if (!field) throw new InvalidInput('There is no such field. Take one of `customFields`.', 'orderFieldId');
  if (unordered.includes(field.type)) {
    throw new InvalidInput(`Tickets cannot be ordered by a field of the type ${field.type}. Take another.`, 'orderFieldId');
  }
  // Choices come in the order in which they are offered.
  const choices: SortKey = {
    sql: `coalesce(array_position(?::text[], v.value ->> 0), 0)::double precision`,
    type: 'double precision',
    parameters: [`{${field.options.map(({ id }) => `"${id}"`).join(',')}}`],
  };
  return {
    name: `${order} ${field.id}`,
    join: {
      sql: 'left join ticket_field v on v.workspace_id = t.workspace_id and v.ticket_id = t.id and v.field_id = ?',
      parameters: [field.id],
    },
    present: 'v.value is not null',
    keys: field.type === 'SELECT' ? [choices] : [key('v.sort_number', 'double precision'), key('v.sort_text', 'text')],
    direction: order === 'FIELD' ? 'asc' : 'desc',
  };
}

/** The order that a view has; the latest change first where it goes by a field that is gone or that the viewer does not see. */
export async function orderOfView(scope: Scope, { sort, sortFieldId }: Pick<View, 'sort' | 'sortFieldId'>): Promise<OrderAsked> {
  if (sortFieldId === null) return { order: sort };
  const isSeen = (await listFields(scope)).some(({ id }) => id === sortFieldId);
  return isSeen ? { order: sort, orderFieldId: sortFieldId } : { order: TicketOrder.UPDATED };
}

/** A ticket's place in an order: its keys as texts, null where it has nothing to be ordered by. */
export interface Place {
  readonly keys: readonly string[] | null;
  readonly id: string;
}

/** Rows without anything to be ordered by have cursors of their own. */
const unorderedPart = (name: string) => `${name} none`;

export function cursorOf({ name }: Ordering, { keys, id }: Place): string {
  return keys === null ? writeCursor(unorderedPart(name), [id]) : writeCursor(name, [...keys, id]);
}

/** The place at a cursor of this order; null without a cursor. */
export function placeAt({ name, keys }: Ordering, cursor: string | null | undefined): Place | null {
  if (cursor === null || cursor === undefined) return null;
  const [unorderedId] = readCursor(unorderedPart(name), ['uuid'], cursor) ?? [];
  if (unorderedId !== undefined) return { keys: null, id: unorderedId };
  const parts = readCursor(name, [...keys.map(({ type }) => type), 'uuid'], cursor);
  const id = parts?.at(-1);
  if (!parts || id === undefined) throw invalidCursor('after');
  return { keys: parts.slice(0, -1), id };
}
