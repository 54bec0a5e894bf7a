export { findNote } from './find-notes.ts';
export { Note, NoteMention } from './note.entity.ts';
export { NoteEvent } from './note.events.ts';
export { canReadNotes, canWriteNotes } from './note.policy.ts';
export { addNote, deleteNote, editNote } from './write-note.ts';
