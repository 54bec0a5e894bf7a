export { findView } from './find-views.ts';
export { recordViewsChanged } from './record-views-changed.ts';
export { ViewNotFound } from './view.errors.ts';
export { countEach, whereVisible } from './find-tickets.ts';
export { usualColumns, View, ViewPlace } from './view.entity.ts';
export { edgesOf, filterSql, type SqlCondition, type TicketFilter } from './ticket-filter.ts';
export { TicketOrder } from './ticket-order.ts';
