export { SearchResolver, SearchHitResolver, SimilarTicketsResolver } from './search.resolver.ts';
