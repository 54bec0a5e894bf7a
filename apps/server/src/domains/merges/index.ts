export { Merge, MergeItem } from './merge.entity.ts';
export { MergeEvent } from './merge.events.ts';
