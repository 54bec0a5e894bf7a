export { BoardOperatorResolver, BoardResolver } from './board.resolver.ts';
