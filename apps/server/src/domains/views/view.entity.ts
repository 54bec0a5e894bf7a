import { defineEntity, p } from '@mikro-orm/core';
import type { Names } from '../tickets/index.ts';
import { TicketGrouping } from './find-tickets.ts';
import { withInstants, type TicketFilter } from './ticket-filter.ts';
import { TicketOrder } from './ticket-order.ts';

/** What a list shows of a ticket beside its subject. */
export const TicketColumn = {
  NUMBER: 'NUMBER',
  REQUESTER: 'REQUESTER',
  STATUS: 'STATUS',
  PRIORITY: 'PRIORITY',
  ASSIGNEE: 'ASSIGNEE',
  TEAM: 'TEAM',
  TOPIC: 'TOPIC',
  TAGS: 'TAGS',
  SOURCE: 'SOURCE',
  CREATED: 'CREATED',
  DUE: 'DUE',
  UPDATED: 'UPDATED',
} as const;
export type TicketColumn = (typeof TicketColumn)[keyof typeof TicketColumn];

export const usualColumns: readonly TicketColumn[] = ['NUMBER', 'REQUESTER', 'STATUS', 'PRIORITY', 'ASSIGNEE', 'DUE', 'UPDATED'];

const ViewSchema = defineEntity({
  name: 'View',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    /** A short name for addresses, such as `mine`. */
    key: p.text(),
    name: p.json<Names>(),
    filter: p.json<TicketFilter>(),
    /** The filter as it was typed; '' where it was not. */
    text: p.text(),
    sort: p.enum(() => TicketOrder).columnType('text'),
    /** For an order by a field of the workspace's own. */
    sortFieldId: p.uuid().strictNullable(),
    columns: p.array<TicketColumn>().columnType('text[]'),
    /** Fields of the workspace's own that stand as columns after those. */
    fieldIds: p.array().columnType('uuid[]'),
    grouping: p
      .enum(() => TicketGrouping)
      .columnType('text')
      .strictNullable(),
    /** Whose it is alone; null for a team's and for the workspace's. */
    ownerId: p.uuid().strictNullable(),
    /** Whose members have it; null for somebody's own and for the workspace's. */
    teamId: p.uuid().strictNullable(),
    place: p.integer(),
    version: p.integer(),
  },
});

/** A saved filter with a sort order and columns: somebody's own, a team's, or the workspace's. */
export class View extends ViewSchema.class {
  wanted(): TicketFilter {
    return withInstants(this.filter);
  }
}
ViewSchema.setClass(View);

const ViewPlaceSchema = defineEntity({
  name: 'ViewPlace',
  properties: {
    workspaceId: p.uuid().primary(),
    memberId: p.uuid().primary(),
    viewId: p.uuid().primary(),
    place: p.integer(),
  },
});

/** Where somebody put a view among theirs. */
export class ViewPlace extends ViewPlaceSchema.class {}
ViewPlaceSchema.setClass(ViewPlace);
