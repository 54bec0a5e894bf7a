export { MergeResolver } from './merge.resolver.ts';
