import { defineEntity, p } from '@mikro-orm/core';
import type { Contact } from '../contacts/index.ts';

/** What a card said that a merge changes. */
export interface CardBefore extends Pick<Contact, 'externalId' | 'organization' | 'notes' | 'data'>, Partial<Pick<Contact, 'locale'>> {
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

export interface FieldOfTicket {
  readonly ticketId: string;
  readonly fieldId: string;
}

const ContactMergeSchema = defineEntity({
  name: 'ContactMerge',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    sourceId: p.uuid(),
    destinationId: p.uuid(),
    mergedAt: p.datetime(),
    mergedById: p.uuid().strictNullable(),
    undoneAt: p.datetime().strictNullable().default(null),
    undoneById: p.uuid().strictNullable().default(null),
    /** Both cards as they were. Goes when either client is erased. */
    before: p.json<{ readonly source: CardBefore; readonly destination: CardBefore }>(),
    /** The source's, which became the destination's. */
    ticketIds: p.array().columnType('uuid[]'),
    conversationIds: p.array().columnType('uuid[]'),
    /** Tickets of others that concerned the source, and those of them that came to concern the destination by it. */
    concernedIds: p.array().columnType('uuid[]'),
    takenIds: p.array().columnType('uuid[]'),
    /** Custom fields that named the source. */
    fields: p.json<readonly FieldOfTicket[]>().default([]),
  },
});

/** Two cards that were made one: what is needed to make them two again. */
export class ContactMerge extends ContactMergeSchema.class {}
ContactMergeSchema.setClass(ContactMerge);
