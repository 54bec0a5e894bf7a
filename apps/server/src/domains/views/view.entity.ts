import { defineEntity, p } from '@mikro-orm/core';
import type { Names } from '../tickets/index.ts';
import { TicketOrder, type TicketFilter } from './ticket-filter.ts';

const ViewSchema = defineEntity({
  name: 'View',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    /** A short name for addresses, such as `mine`. */
    key: p.text(),
    name: p.json<Names>(),
    filter: p.json<TicketFilter>(),
    sort: p.enum(() => TicketOrder).columnType('text'),
    place: p.integer(),
  },
});

/** A saved filter with a sort order. */
export class View extends ViewSchema.class {}
ViewSchema.setClass(View);
