import { LockMode } from '@mikro-orm/core';
import { NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { AttachmentOwner, claimFiles, discard } from '../attachments/index.ts';
import { memberById } from '../identity/index.ts';
import { finishDraft } from '../drafts/index.ts';
import { cleanRichText, lockTicket, lockTicketOrMerged, type Ticket } from '../tickets/index.ts';
import { recordTime } from '../time-spent/index.ts';
import { saveMentions } from './mentions.ts';
import { Note, NoteVersion } from './note.entity.ts';
import { NoteConflict, NoteMeanwhile, NoteNotFound, NotePublished } from './note.errors.ts';
import { NoteEvent } from './note.events.ts';
import { canEditNote, canReadNotes, canWriteNotes } from './note.policy.ts';

export interface AddNote {
  readonly ticketId: string;
  readonly body: string;
  /** The draft that the note was written as; it ends with the note. */
  readonly draftId?: string | null | undefined;
  /** The ticket's version that the writer saw; null when nothing of it was shown. */
  readonly seenVersion?: number | null | undefined;
  /** Files that the writer uploaded for it. */
  readonly attachmentIds?: readonly string[] | null | undefined;
  /** How long it took the writer. */
  readonly minutes?: number | null | undefined;
}

export function addNote(scope: Scope, { ticketId, body, draftId, seenVersion, attachmentIds, minutes }: AddNote): Promise<Note> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicketOrMerged(tx, ticketId);
    if (!canWriteNotes(tx.viewer)) throw new NotPermitted('Your role may not write notes.');
    // Versions of a ticket that it was merged into say nothing of what the writer saw.
    if (seenVersion != null && ticket.id === ticketId) await requireNothingMeanwhile(tx, ticket, seenVersion);
    if (draftId) await finishDraft(tx, { ticketId, kind: 'NOTE', id: draftId });
    const author = await tx.load(memberById, tx.viewer.memberId);
    const note = new Note();
    Object.assign(note, {
      workspaceId: tx.workspaceId,
      id: newId(),
      ticketId: ticket.id,
      authorId: author?.id ?? null,
      authorName: author?.name ?? '',
      version: 1,
      createdAt: tx.now(),
      editedAt: null,
      deletedAt: null,
      deletedById: null,
      publishedAt: null,
      messageId: null,
    });
    note.write(await cleanRichText('note', body));
    tx.em.persist(note);
    await tx.em.flush();
    await claimFiles(tx, attachmentIds, { ticketId: ticket.id, kind: AttachmentOwner.NOTE, ownerId: note.id });
    const mentioned = await saveMentions(tx, note, ticket);
    tx.record(domainEvent(NoteEvent.ADDED, ticket.id, { subjectId: note.id, memberIds: mentioned }));
    if (minutes != null) await recordTime(tx, { ticketId: ticket.id, minutes, ownerId: note.id });
    return note;
  });
}

async function requireNothingMeanwhile(tx: Scope, ticket: Ticket, seenVersion: number): Promise<void> {
  const { workspaceId, viewer } = tx;
  const [meanwhile]: object[] = await tx.em.execute(
    `select 1 from event where workspace_id = ? and ticket_id = ? and ticket_version > ? and type = ? and actor_id is distinct from ? limit 1`,
    [workspaceId, ticket.id, seenVersion, NoteEvent.ADDED, viewer.memberId],
  );
  if (meanwhile) throw new NoteMeanwhile(ticket.version);
}

export interface EditNote {
  readonly noteId: string;
  /** The version the editor opened. */
  readonly version: number;
  readonly body: string;
}

export function editNote(scope: Scope, { noteId, version, body }: EditNote): Promise<Note> {
  return scope.transaction(async (tx) => {
    const note = await lockNoteToEdit(tx, noteId);
    const before = note.body;
    note.write(await cleanRichText('note', body));
    // Whoever sends the same twice, not having heard the answer, has no conflict with themselves.
    if (note.body === before) return note;
    if (note.version !== version) throw new NoteConflict(note.id, before);
    const { workspaceId, id: ofNote, createdAt, editedAt } = note;
    await tx.em.insert(NoteVersion, { workspaceId, noteId: ofNote, version, body: before, writtenAt: editedAt ?? createdAt });
    note.editedAt = tx.now();
    note.version += 1;
    const mentioned = await saveMentions(tx, note, await lockTicket(tx, note.ticketId));
    tx.record(domainEvent(NoteEvent.EDITED, note.ticketId, { subjectId: note.id, memberIds: mentioned }));
    return note;
  });
}

export function deleteNote(scope: Scope, noteId: string): Promise<Note> {
  return scope.transaction(async (tx) => {
    const note = await lockNoteToEdit(tx, noteId);
    note.bury(tx.viewer.memberId, tx.now());
    await tx.em.nativeDelete(NoteVersion, { workspaceId: tx.workspaceId, noteId: note.id });
    await discard(tx, { ownerIds: [note.id] });
    await saveMentions(tx, note, await lockTicket(tx, note.ticketId));
    tx.record(domainEvent(NoteEvent.DELETED, note.ticketId, { subjectId: note.id }));
    return note;
  });
}

async function lockNoteToEdit(tx: Scope, noteId: string): Promise<Note> {
  const note = await lockNote(tx, noteId);
  if (!canEditNote(tx.viewer, note)) throw new NotPermitted('You can edit and delete your own notes.');
  if (note.publishedAt) throw new NotePublished();
  return note;
}

/** A note as somebody read it before they decided to send it to the client; one that was sent already is answered as it is. */
export async function lockNoteToPublish(tx: Scope, noteId: string, version: number): Promise<Note> {
  const note = await lockNote(tx, noteId);
  if (!note.publishedAt && note.version !== version) throw new NoteConflict(note.id, note.body);
  return note;
}

async function lockNote(tx: Scope, noteId: string): Promise<Note> {
  const { workspaceId, viewer } = tx;
  const found = isId(noteId) ? await tx.em.findOne(Note, { workspaceId, id: noteId }) : null;
  if (!found || !canReadNotes(viewer)) throw new NoteNotFound();
  // The ticket first, as everywhere: two writers of one ticket queue at the same place.
  await lockTicket(tx, found.ticketId).catch(() => Promise.reject(new NoteNotFound()));
  await tx.em.refresh(found, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (found.deletedAt) throw new NoteNotFound();
  return found;
}
