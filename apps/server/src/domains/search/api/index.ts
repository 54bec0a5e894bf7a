export { SearchResolver, SearchHitResolver } from './search.resolver.ts';
