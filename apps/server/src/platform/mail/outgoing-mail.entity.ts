import { defineEntity, p } from '@mikro-orm/core';

/** A file that goes with a letter, by its key in the store. */
export interface MailFile {
  readonly key: string;
  readonly name: string;
  readonly type: string;
}

const OutgoingMailSchema = defineEntity({
  name: 'OutgoingMail',
  properties: {
    id: p.uuid().primary(),
    /** Null for a letter to somebody who belongs to several workspaces. */
    workspaceId: p.uuid().strictNullable(),
    recipient: p.text(),
    subject: p.text(),
    /** Emptied once sent: letters hold links that open something. */
    body: p.text(),
    /** The same as HTML, emptied too; null for an email of plain text alone. */
    html: p.text().strictNullable(),
    files: p.json<readonly MailFile[]>(),
    ticketIds: p.array().columnType('uuid[]'),
    /** Whether no person wrote it. */
    automatic: p.boolean(),
    createdAt: p.datetime(),
    /** When to send it; null once sent. */
    dueAt: p.datetime().strictNullable(),
    sentAt: p.datetime().strictNullable(),
  },
});

/** A letter on its way. Written in the transaction that caused it, so none is sent of what was rolled back. */
export class OutgoingMail extends OutgoingMailSchema.class {}
OutgoingMailSchema.setClass(OutgoingMail);
