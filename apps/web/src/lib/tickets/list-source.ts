import type { Client } from '@urql/core';
import type { Client as Socket } from 'graphql-ws';
import {
  TicketPageDocument,
  TicketsChangedDocument,
  ViewChangedDocument,
  ViewPageDocument,
  type BulkStartInput,
  type TicketFilterInput,
  type TicketOrder,
  type TicketRowFragment,
  type ViewChangedSubscription,
  type ViewFragment,
} from '#lib/graphql/generated/graphql.ts';
import { followChanges } from '#lib/live/index.ts';

export type TicketRow = TicketRowFragment;
export type ListChange = ViewChangedSubscription['viewChanged'];

export interface PageAsked {
  readonly first: number;
  readonly after?: string;
  readonly offset?: number;
}

interface ListPage {
  readonly edges: readonly { readonly cursor: string; readonly node: TicketRow }[];
  readonly totalCount: number;
  readonly position: string;
}

/** Where a list of tickets comes from: pages of it, and how it changes after the position of a page. */
export interface ListSource {
  readonly order: TicketOrder;
  /** All that it holds, for what is done to many at once. */
  readonly all: Pick<BulkStartInput, 'filter' | 'viewId'>;
  /** The page; null where there is no such list. */
  page: (asked: PageAsked) => Promise<{ page: ListPage | null; fault: string | null }>;
  follow: (after: () => string | null, onChange: (change: ListChange) => void, onFault: (message: string) => void) => () => void;
}

/** The list of a saved view. */
export function viewSource(client: Client, socket: Socket, { id, key }: Pick<ViewFragment, 'id' | 'key'>, order: TicketOrder): ListSource {
  return {
    order,
    all: { viewId: id },
    async page(asked) {
      const { data, error } = await client.query(ViewPageDocument, { key, order, ...asked }, { requestPolicy: 'network-only' }).toPromise();
      return { page: data?.view?.tickets ?? null, fault: data ? null : (error?.message ?? '') };
    },
    follow: (after, onChange, onFault) =>
      followChanges(socket, ViewChangedDocument, () => ({ viewId: id, after: after() }), {
        onData: ({ viewChanged }) => onChange(viewChanged),
        onFault,
      }),
  };
}

/** The list of whatever matches a filter. */
export function filterSource(client: Client, socket: Socket, filter: TicketFilterInput, order: TicketOrder): ListSource {
  return {
    order,
    all: { filter },
    async page(asked) {
      const { data, error } = await client
        .query(TicketPageDocument, { filter, order, ...asked }, { requestPolicy: 'network-only' })
        .toPromise();
      return { page: data?.tickets ?? null, fault: data ? null : (error?.message ?? '') };
    },
    follow: (after, onChange, onFault) =>
      followChanges(socket, TicketsChangedDocument, () => ({ filter, after: after() }), {
        onData: ({ ticketsChanged }) => onChange(ticketsChanged),
        onFault,
      }),
  };
}
