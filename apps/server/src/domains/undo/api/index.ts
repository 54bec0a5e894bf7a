export { UndoResolver } from './undo.resolver.ts';
