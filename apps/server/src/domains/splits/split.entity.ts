import { defineEntity, p } from '@mikro-orm/core';

const SplitSchema = defineEntity({
  name: 'Split',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    sourceId: p.uuid(),
    /** The ticket that was made. */
    ticketId: p.uuid(),
    splitAt: p.datetime(),
    splitById: p.uuid().strictNullable(),
    undoneAt: p.datetime().strictNullable(),
  },
});

/** A part of a ticket became a ticket of its own. */
export class Split extends SplitSchema.class {}
SplitSchema.setClass(Split);

export const SplitItemKind = { NOTE: 'NOTE', MESSAGE: 'MESSAGE' } as const;
export type SplitItemKind = (typeof SplitItemKind)[keyof typeof SplitItemKind];

const SplitItemSchema = defineEntity({
  name: 'SplitItem',
  properties: {
    workspaceId: p.uuid().primary(),
    splitId: p.uuid().primary(),
    kind: p
      .enum(() => SplitItemKind)
      .columnType('text')
      .primary(),
    itemId: p.uuid().primary(),
    /** The conversation that a message goes back to; null for a note. */
    fromId: p.uuid().strictNullable(),
  },
});

/** What went with it, so that undoing it takes exactly that back. */
export class SplitItem extends SplitItemSchema.class {}
SplitItemSchema.setClass(SplitItem);
