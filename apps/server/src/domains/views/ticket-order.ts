import { InvalidInput } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { listFields, type CustomField } from '../fields/index.ts';
import type { SqlCondition } from './ticket-filter.ts';
import type { View } from './view.entity.ts';

export const TicketOrder = {
  UPDATED: 'UPDATED',
  DUE: 'DUE',
  NUMBER: 'NUMBER',
  PRIORITY: 'PRIORITY',
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
  readonly type: string;
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
const key = (sql: string, type: string): SortKey => ({ sql, type, parameters: [] });

const plain: Readonly<Record<Exclude<TicketOrder, 'FIELD' | 'FIELD_DESCENDING'>, Omit<Ordering, 'name'>>> = {
  UPDATED: { join: nothing, present: null, keys: [key('t.updated_at', 'timestamptz')], direction: 'desc' },
  DUE: { join: nothing, present: 't.due_at is not null', keys: [key('t.due_at', 'timestamptz')], direction: 'asc' },
  NUMBER: { join: nothing, present: null, keys: [key('t.number', 'integer')], direction: 'desc' },
  PRIORITY: { join: nothing, present: null, keys: [key('priority_rank(t.priority)', 'integer')], direction: 'desc' },
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

/** A place as clients keep it, opaque to them. */
export function cursorOf({ name }: Ordering, { keys, id }: Place): string {
  return Buffer.from(JSON.stringify([name, keys, id])).toString('base64url');
}

export function readCursor({ name, keys: { length } }: Ordering, cursor: string): Place {
  try {
    const [made, keys, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, readonly string[] | null, string];
    const keysFit = keys === null || (Array.isArray(keys) && keys.length === length && keys.every((one) => typeof one === 'string'));
    if (made === name && isId(id) && keysFit) return { keys, id };
  } catch {
    // Falls through to the one answer for everything that is no cursor of ours.
  }
  throw new InvalidInput('The cursor is not one of this list. Use an endCursor or cursor that the same list gave you.', 'after');
}
