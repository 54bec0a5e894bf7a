export { MergeRefusedType, MergeResolver, UnmergeRefusedType } from './merge.resolver.ts';
