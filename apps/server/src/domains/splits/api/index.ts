export { SplitRefusedType, SplitResolver } from './split.resolver.ts';
