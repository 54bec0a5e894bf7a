export { DraftResolver } from './draft.resolver.ts';
