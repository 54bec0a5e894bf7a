export { BoardResolver } from './board.resolver.ts';
