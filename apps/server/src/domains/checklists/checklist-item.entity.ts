import { defineEntity, p } from '@mikro-orm/core';

const ChecklistItemSchema = defineEntity({
  name: 'ChecklistItem',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    ticketId: p.uuid(),
    text: p.text(),
    place: p.integer(),
    /** Null while it is to be done. */
    doneAt: p.datetime().strictNullable(),
    /** Null also for the desk itself. */
    doneById: p.uuid().strictNullable(),
  },
});

/** One thing to be done on a ticket. */
export class ChecklistItem extends ChecklistItemSchema.class {}
ChecklistItemSchema.setClass(ChecklistItem);
