export const NoteEvent = {
  ADDED: 'note.added',
  EDITED: 'note.edited',
  DELETED: 'note.deleted',
  /** What it says was sent to the client. */
  PUBLISHED: 'note.published',
} as const;
