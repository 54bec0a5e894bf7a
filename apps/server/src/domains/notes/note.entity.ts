import { defineEntity, p } from '@mikro-orm/core';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { isBlank, type RichText } from '../tickets/index.ts';

const NoteSchema = defineEntity({
  name: 'Note',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    ticketId: p.uuid(),
    /** Null for a note whose author is no member, as an import brings them. */
    authorId: p.uuid().strictNullable(),
    authorName: p.text(),
    body: p.text(),
    version: p.integer(),
    createdAt: p.datetime(),
    editedAt: p.datetime().strictNullable(),
    deletedAt: p.datetime().strictNullable(),
    deletedById: p.uuid().strictNullable(),
    /** When it was sent to the client, and the message that it became; null for what stayed internal. */
    publishedAt: p.datetime().strictNullable().default(null),
    messageId: p.uuid().strictNullable().default(null),
  },
});

/** Internal text on a ticket. No client ever sees one, on any path; what is published is a message that says the same. */
export class Note extends NoteSchema.class {
  write(body: RichText): void {
    if (isBlank(body)) throw new InvalidInput('The note is empty. Write at least one character.', 'body');
    this.body = body;
  }

  /** Leaves a tombstone: that there was a note, whose, and who took it away, but not what it said. */
  bury(byMemberId: string, at: Date): void {
    this.body = '';
    this.deletedAt = at;
    this.deletedById = byMemberId;
    this.version += 1;
  }
}
NoteSchema.setClass(Note);

const NoteMentionSchema = defineEntity({
  name: 'NoteMention',
  properties: {
    workspaceId: p.uuid().primary(),
    noteId: p.uuid().primary(),
    memberId: p.uuid().primary(),
  },
});

export class NoteMention extends NoteMentionSchema.class {}
NoteMentionSchema.setClass(NoteMention);

const NoteVersionSchema = defineEntity({
  name: 'NoteVersion',
  properties: {
    workspaceId: p.uuid().primary(),
    noteId: p.uuid().primary(),
    version: p.integer().primary(),
    body: p.text(),
    writtenAt: p.datetime(),
  },
});

/** What a note said before it was edited. Goes with the note: a deleted one says nothing any more. */
export class NoteVersion extends NoteVersionSchema.class {}
NoteVersionSchema.setClass(NoteVersion);
