export { NoteConflictType, NoteNotFoundType, NoteType } from './note.type.ts';
export { NoteResolver, TicketNotesResolver } from './note.resolver.ts';
