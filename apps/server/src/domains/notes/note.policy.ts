import { decide, may, type Viewer } from '../../kernel/viewer.ts';

/** On tickets one sees: everybody but guests. */
export function canReadNotes(viewer: Viewer): boolean {
  return may(viewer, 'note.read');
}

export function canWriteNotes(viewer: Viewer): boolean {
  return may(viewer, 'note.write');
}

/** One's own; administrators any. */
export function canEditNote(viewer: Viewer, note: { readonly authorId: string | null }): boolean {
  return may(viewer, 'note.edit.any') || (may(viewer, 'note.write') && decide(viewer, (one) => note.authorId === one.memberId));
}

/** Whether to offer it: a deleted note is edited by nobody, nor one that the client has. */
export function canEditLive(
  viewer: Viewer,
  note: { readonly authorId: string | null; readonly deletedAt: Date | null; readonly publishedAt: Date | null },
): boolean {
  return note.deletedAt === null && note.publishedAt === null && canEditNote(viewer, note);
}
