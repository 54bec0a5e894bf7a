import type { TicketColumn, TicketGrouping, TicketOrder } from '#lib/graphql/generated/graphql.ts';

/** How a list is shown: in which order, with what beside the subject, with how much air. */
export interface ListLayout {
  readonly order: TicketOrder;
  /** For an order by a field of the workspace's own, which. */
  readonly orderFieldId: string | null;
  readonly columns: readonly TicketColumn[];
  /** Fields of the workspace's own, after the other columns. */
  readonly fieldIds: readonly string[];
  readonly grouping: TicketGrouping | null;
  readonly dense: boolean;
  /** One line of what matters under each subject, in place of columns. */
  readonly isList: boolean;
}

/** What a view says of how it is shown; the rest is each person's own. */
export type UsualLayout = Omit<ListLayout, 'dense' | 'isList'>;

/** How wide each column is, in the order in which they are offered. */
const widths: Readonly<Record<TicketColumn, string>> = {
  NUMBER: '4rem',
  REQUESTER: '9rem',
  STATUS: '9.5rem',
  PRIORITY: '1.5rem',
  ASSIGNEE: '8rem',
  TEAM: '7rem',
  TOPIC: '8rem',
  TAGS: '9rem',
  SOURCE: '7rem',
  CREATED: '6rem',
  DUE: '6.5rem',
  UPDATED: '6rem',
};
export const allColumns = Object.keys(widths) as TicketColumn[];
const usualColumns: readonly TicketColumn[] = ['NUMBER', 'REQUESTER', 'STATUS', 'PRIORITY', 'ASSIGNEE', 'DUE', 'UPDATED'];
const fieldWidth = '8rem';

/** How a list is shown that nobody has said anything of. */
export const usualLayout = (order: TicketOrder): UsualLayout => ({
  order,
  orderFieldId: null,
  columns: usualColumns,
  fieldIds: [],
  grouping: null,
});

/** The tracks of a row: the number first, then the subject with what is left, then the others. */
export function tracksOf({ columns, fieldIds }: Pick<ListLayout, 'columns' | 'fieldIds'>): string {
  const others = [...columns.filter((column) => column !== 'NUMBER').map((column) => widths[column]), ...fieldIds.map(() => fieldWidth)];
  return [...(columns.includes('NUMBER') ? [widths.NUMBER] : []), 'minmax(0, 1fr)', ...others].join(' ');
}

const storageKey = 'baton.layouts';
type Kept = Readonly<Record<string, Partial<ListLayout>>>;

function keptLayouts(): Kept {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Kept;
  } catch {
    // Not ours: as if nothing had been kept.
    return {};
  }
}

/**
 * What somebody chose for a list in this browser; where nothing, as the view has it. `fieldIds`: the fields that there are
 * now, as one that was chosen may be gone.
 */
export function layoutOf(listKey: string, usual: UsualLayout, known: readonly string[]): ListLayout {
  const { columns, fieldIds, ...layout } = { dense: false, isList: false, ...usual, ...keptLayouts()[listKey] };
  const isOrdered = layout.orderFieldId === null || known.includes(layout.orderFieldId);
  return {
    ...layout,
    ...(isOrdered ? {} : { order: 'UPDATED', orderFieldId: null }),
    columns: columns.filter((column) => column in widths),
    fieldIds: fieldIds.filter((id) => known.includes(id)),
  };
}

/** Null = as the view has it. */
export function keepLayout(listKey: string, layout: ListLayout | null): void {
  const { [listKey]: _, ...others } = keptLayouts();
  localStorage.setItem(storageKey, JSON.stringify(layout === null ? others : { ...others, [listKey]: layout }));
}
