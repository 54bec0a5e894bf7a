export { listMovedConversations } from './find-merges.ts';
export { lockForMerge, mergeTickets } from './merge-tickets.ts';
export { unmergeTickets } from './unmerge-tickets.ts';
export { Merge, MergeItem, MergeItemKind } from './merge.entity.ts';
export { MergeEvent } from './merge.events.ts';
