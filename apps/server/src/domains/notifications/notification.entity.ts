import { defineEntity, p } from '@mikro-orm/core';

export const NotificationReason = {
  ASSIGNEE: 'ASSIGNEE',
  WATCHING: 'WATCHING',
  MENTIONED: 'MENTIONED',
  SUPERVISOR: 'SUPERVISOR',
  ESCALATION: 'ESCALATION',
} as const;
export type NotificationReason = (typeof NotificationReason)[keyof typeof NotificationReason];

const NotificationSchema = defineEntity({
  name: 'Notification',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    memberId: p.uuid(),
    ticketId: p.uuid(),
    eventId: p.uuid(),
    reason: p.enum(() => NotificationReason).columnType('text'),
    /** The type of the event it tells of. */
    type: p.text(),
    actorId: p.uuid().strictNullable(),
    createdAt: p.datetime(),
    readAt: p.datetime().strictNullable(),
  },
});

/** One event told to one member, with the one reason that mattered most. */
export class Notification extends NotificationSchema.class {}
NotificationSchema.setClass(Notification);
