export { findNote } from './find-notes.ts';
export { Note, NoteMention, NoteVersion } from './note.entity.ts';
export { NoteEvent } from './note.events.ts';
export { canReadNotes } from './note.policy.ts';
export { addNote, deleteNote, lockNoteToPublish } from './write-note.ts';
