import type { TicketColumn, TicketOrder } from '#lib/graphql/generated/graphql.ts';

/** How a list is shown: in which order, with what beside the subject, with how much air. */
export interface ListLayout {
  readonly order: TicketOrder;
  readonly columns: readonly TicketColumn[];
  readonly dense: boolean;
}

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
  CREATED: '6rem',
  DUE: '6.5rem',
  UPDATED: '6rem',
};
export const allColumns = Object.keys(widths) as TicketColumn[];
export const usualColumns: readonly TicketColumn[] = ['NUMBER', 'REQUESTER', 'STATUS', 'PRIORITY', 'ASSIGNEE', 'DUE', 'UPDATED'];

/** The tracks of a row: the number first, then the subject with what is left, then the others. */
export function tracksOf(columns: readonly TicketColumn[]): string {
  const others = columns.filter((column) => column !== 'NUMBER').map((column) => widths[column]);
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

/** What somebody chose for a list in this browser; where nothing, as the view has it. */
export function layoutOf(listKey: string, usual: Omit<ListLayout, 'dense'>): ListLayout {
  const { order = usual.order, columns = usual.columns, dense = false } = keptLayouts()[listKey] ?? {};
  return { order, columns: columns.filter((column) => column in widths), dense };
}

/** Null = as the view has it. */
export function keepLayout(listKey: string, layout: ListLayout | null): void {
  const { [listKey]: _, ...others } = keptLayouts();
  localStorage.setItem(storageKey, JSON.stringify(layout === null ? others : { ...others, [listKey]: layout }));
}
