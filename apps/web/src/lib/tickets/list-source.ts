import type { Client } from '@urql/core';
import type { Client as Socket } from 'graphql-ws';
import {
  TicketGroupsDocument,
  TicketPageDocument,
  TicketsChangedDocument,
  ViewChangedDocument,
  ViewGroupsDocument,
  ViewPageDocument,
  type BulkStartInput,
  type TicketCellsFragment,
  type TicketFilterInput,
  type TicketGrouping,
  type TicketGroupsQuery,
  type TicketRowFragment,
  type ViewChangedSubscription,
  type ViewFragment,
} from '#lib/graphql/generated/graphql.ts';
import { followChanges } from '#lib/live/index.ts';
import type { ListOrder } from './ticket-order.ts';

export type TicketRow = TicketRowFragment & TicketCellsFragment;
export type ListChange = ViewChangedSubscription['viewChanged'];
type TicketGroup = TicketGroupsQuery['ticketGroups'][number];

export interface PageAsked {
  readonly first: number;
  readonly after?: string;
  readonly offset?: number;
  /** Those alone that match this too. */
  readonly within?: TicketFilterInput;
}

interface ListPage {
  readonly edges: readonly { readonly cursor: string; readonly node: TicketRow }[];
  readonly totalCount: number;
  readonly position: string;
}

type OnFault = (message: string) => void;

/** Where a list of tickets comes from: pages of it, and how it changes after the position of a page. */
export interface ListSource {
  readonly order: ListOrder;
  /** All that it holds, for what is done to many at once. */
  readonly all: Pick<BulkStartInput, 'filter' | 'viewId'>;
  /** The page; null where there is no such list. */
  page: (asked: PageAsked) => Promise<{ page: ListPage | null; fault: string | null }>;
  /** How many of its tickets there are of each kind; null where there is no such list. */
  groups: (by: TicketGrouping) => Promise<{ groups: readonly TicketGroup[] | null; fault: string | null }>;
  follow: (after: () => string | null, onChange: (change: ListChange) => void, onFault: OnFault) => () => void;
}

/** How the tickets of a list are asked for. `fieldIds`: fields of the workspace's own that it shows. */
export interface ListAsked {
  readonly order: ListOrder;
  readonly fieldIds: readonly string[];
}

function variablesOf({ order: { order, field }, fieldIds }: ListAsked) {
  const needed = field ? [...fieldIds, field.id] : [...fieldIds];
  return {
    ordered: { order, orderFieldId: field?.id ?? null },
    cells: { withFields: needed.length > 0, fieldIds: needed },
  };
}

const fresh = { requestPolicy: 'network-only' } as const;

/** The list of a saved view. */
export function viewSource(client: Client, socket: Socket, { id, key }: Pick<ViewFragment, 'id' | 'key'>, asked: ListAsked): ListSource {
  const { ordered, cells } = variablesOf(asked);
  return {
    order: asked.order,
    all: { viewId: id },
    async page(page) {
      const { data, error } = await client.query(ViewPageDocument, { key, ...ordered, ...cells, ...page }, fresh).toPromise();
      return { page: data?.view?.tickets ?? null, fault: data ? null : (error?.message ?? '') };
    },
    async groups(by) {
      const { data, error } = await client.query(ViewGroupsDocument, { key, by }, fresh).toPromise();
      return { groups: data?.view?.groups ?? null, fault: data ? null : (error?.message ?? '') };
    },
    follow: (after, onChange, onFault) =>
      followChanges(socket, ViewChangedDocument, () => ({ viewId: id, after: after(), ...cells }), {
        onData: ({ viewChanged }) => onChange(viewChanged),
        onFault,
      }),
  };
}

/** The list of whatever matches a filter. */
export function filterSource(client: Client, socket: Socket, filter: TicketFilterInput, asked: ListAsked): ListSource {
  const { ordered, cells } = variablesOf(asked);
  return {
    order: asked.order,
    all: { filter },
    async page({ within, ...page }) {
      const both = within ? { all: [filter, within] } : filter;
      const { data, error } = await client.query(TicketPageDocument, { filter: both, ...ordered, ...cells, ...page }, fresh).toPromise();
      return { page: data?.tickets ?? null, fault: data ? null : (error?.message ?? '') };
    },
    async groups(by) {
      const { data, error } = await client.query(TicketGroupsDocument, { filter, by }, fresh).toPromise();
      return { groups: data?.ticketGroups ?? null, fault: data ? null : (error?.message ?? '') };
    },
    follow: (after, onChange, onFault) =>
      followChanges(socket, TicketsChangedDocument, () => ({ filter, after: after(), ...cells }), {
        onData: ({ ticketsChanged }) => onChange(ticketsChanged),
        onFault,
      }),
  };
}
