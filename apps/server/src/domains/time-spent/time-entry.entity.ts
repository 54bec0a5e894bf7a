import { defineEntity, p } from '@mikro-orm/core';

const TimeEntrySchema = defineEntity({
  name: 'TimeEntry',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    ticketId: p.uuid(),
    memberId: p.uuid(),
    minutes: p.integer(),
    comment: p.text(),
    /** The note or message with which it was spent; null for time on the ticket itself. */
    ownerId: p.uuid().strictNullable(),
    createdAt: p.datetime(),
  },
});

/** Time that somebody spent on a ticket. */
export class TimeEntry extends TimeEntrySchema.class {}
TimeEntrySchema.setClass(TimeEntry);
