export { DeletionResolver, UndoResolver } from './undo.resolver.ts';
