import { domainEvent } from '../../kernel/domain-event.ts';
import type { Scope } from '../../platform/scope.ts';
import { AttachmentOwner, handOverFiles } from '../attachments/index.ts';
import { lockNoteToPublish, NoteEvent, type Note } from '../notes/index.ts';
import { plainMentions } from '../tickets/index.ts';
import { Message } from './conversation.entity.ts';
import { sendReply } from './exchange-messages.ts';

export interface PublishNote {
  readonly noteId: string;
  /** The version that was read before it was decided. */
  readonly version: number;
}

export interface Published {
  readonly note: Note;
  readonly message: Message;
}

/**
 * Sends what a note says to the ticket's client, as a reply of whoever decides it, with the note's files. What was delivered
 * is never taken back: from then on the note is neither edited nor deleted. Asked twice, it is sent once.
 */
export function publishNote(scope: Scope, { noteId, version }: PublishNote): Promise<Published> {
  return scope.transaction(async (tx) => {
    const note = await lockNoteToPublish(tx, noteId, version);
    const { em, workspaceId } = tx;
    if (note.messageId) return { note, message: await em.findOneOrFail(Message, { workspaceId, id: note.messageId }) };
    tx.record(domainEvent(NoteEvent.PUBLISHED, note.ticketId, { subjectId: note.id }));
    const message = await sendReply(tx, {
      ticketId: note.ticketId,
      body: plainMentions(note.body),
      takeFiles: (owner) => handOverFiles(tx, { kind: AttachmentOwner.NOTE, ownerId: note.id }, owner),
    });
    note.publishedAt = tx.now();
    note.messageId = message.id;
    note.version += 1;
    await em.flush();
    return { note, message };
  });
}
