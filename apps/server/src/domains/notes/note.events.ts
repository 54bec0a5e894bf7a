export const NoteEvent = {
  ADDED: 'note.added',
  EDITED: 'note.edited',
  DELETED: 'note.deleted',
} as const;
