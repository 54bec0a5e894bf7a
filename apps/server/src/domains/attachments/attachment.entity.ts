import { defineEntity, p } from '@mikro-orm/core';

/** What a file belongs to. TICKET: to the ticket itself, for the desk alone. */
export const AttachmentOwner = { NOTE: 'NOTE', MESSAGE: 'MESSAGE', TICKET: 'TICKET' } as const;
export type AttachmentOwner = (typeof AttachmentOwner)[keyof typeof AttachmentOwner];

const AttachmentSchema = defineEntity({
  name: 'Attachment',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    ticketId: p.uuid(),
    /** Null while it is part of something unsent: then it is its uploader's alone. */
    ownerKind: p
      .enum(() => AttachmentOwner)
      .columnType('text')
      .strictNullable(),
    /** The note or message; null for the ticket itself. */
    ownerId: p.uuid().strictNullable(),
    /** The draft that it was added to. */
    draftId: p.uuid().strictNullable(),
    name: p.text(),
    /** As its content says, never as its uploader says. */
    type: p.text(),
    size: p.bigint('number'),
    sha256: p.text(),
    storageKey: p.text().hidden(),
    /** Null for a client. */
    uploadedById: p.uuid().strictNullable(),
    createdAt: p.datetime(),
  },
});

/** A file on a ticket. */
export class Attachment extends AttachmentSchema.class {}
AttachmentSchema.setClass(Attachment);
