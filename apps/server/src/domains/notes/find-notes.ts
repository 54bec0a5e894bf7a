import { listLoaderByKey, loaderByKey } from '../../platform/loader.ts';
import { Cursors, isEarlier, requirePageSize } from '../../platform/paging.ts';
import type { Scope } from '../../platform/scope.ts';
import { memberById, type Member } from '../identity/index.ts';
import { findTicket } from '../tickets/index.ts';
import { Note, NoteMention, NoteVersion } from './note.entity.ts';
import { canReadNotes } from './note.policy.ts';

const noteById = loaderByKey(
  (scope, ids: readonly string[]) => scope.em.find(Note, { workspaceId: scope.workspaceId, id: { $in: [...ids] } }),
  (note) => note.id,
);

/** A note of a ticket the viewer sees; null otherwise, and for those who may not read notes. */
export async function findNote(scope: Scope, id: string): Promise<Note | null> {
  if (!canReadNotes(scope.viewer)) return null;
  const note = await scope.load(noteById, id);
  return note && (await findTicket(scope, note.ticketId)) ? note : null;
}

export interface NotePage {
  readonly notes: readonly Note[];
  readonly hasOlder: boolean;
}

export const noteCursors = new Cursors<Note>('notes', ['timestamptz', 'uuid'], ({ createdAt, id }) => [createdAt, id]);

/** A page of a ticket's notes, oldest first: the newest, or those before a cursor. Null for who may not read notes. */
export async function notesOf(scope: Scope, ticketId: string, last: number, before: string | null): Promise<NotePage | null> {
  const count = requirePageSize('last', last);
  const from = noteCursors.read('before', before);
  if (!canReadNotes(scope.viewer)) return null;
  const { workspaceId } = scope;
  const newest = await scope.em.find(
    Note,
    {
      workspaceId,
      ticketId,
      ...(from ? isEarlier('createdAt', from) : {}),
    },
    { orderBy: { createdAt: 'desc', id: 'desc' }, limit: count + 1 },
  );
  return { notes: newest.slice(0, count).reverse(), hasOlder: newest.length > count };
}

const mentionsByNote = listLoaderByKey(
  (scope, ids: readonly string[]) => scope.em.find(NoteMention, { workspaceId: scope.workspaceId, noteId: { $in: [...ids] } }),
  (mention) => mention.noteId,
);

/** Whom a note mentions. */
export async function mentionedMembers(scope: Scope, noteId: string): Promise<Member[]> {
  const mentions = (await scope.load(mentionsByNote, noteId)) ?? [];
  const members = await Promise.all(mentions.map((mention) => scope.load(memberById, mention.memberId)));
  return members.filter((member) => member !== null);
}

const versionsByNote = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) =>
    em.find(NoteVersion, { workspaceId, noteId: { $in: [...ids] } }, { orderBy: { version: 'desc' } }),
  ({ noteId }) => noteId,
);

/** What a note that the viewer reads said before, the latest first. */
export async function versionsOf(scope: Scope, noteId: string): Promise<readonly NoteVersion[]> {
  return (await scope.load(versionsByNote, noteId)) ?? [];
}
