export { NoteResolver, TicketNotesResolver } from './note.resolver.ts';
