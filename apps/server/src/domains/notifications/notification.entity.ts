import { defineEntity, p } from '@mikro-orm/core';
import { NotificationKind } from './notification-kind.ts';

export const NotificationReason = {
  ASSIGNEE: 'ASSIGNEE',
  /** It was assigned to the member until this change. */
  PREVIOUS_ASSIGNEE: 'PREVIOUS_ASSIGNEE',
  WATCHING: 'WATCHING',
  MENTIONED: 'MENTIONED',
  SUPERVISOR: 'SUPERVISOR',
  ESCALATION: 'ESCALATION',
  TEAM: 'TEAM',
} as const;
export type NotificationReason = (typeof NotificationReason)[keyof typeof NotificationReason];

const NotificationSchema = defineEntity({
  name: 'Notification',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    memberId: p.uuid(),
    /** The last one, where it tells of many. */
    ticketId: p.uuid(),
    eventId: p.uuid(),
    reason: p.enum(() => NotificationReason).columnType('text'),
    kind: p.enum(() => NotificationKind).columnType('text'),
    /** The type of the event it tells of. */
    type: p.text(),
    actorId: p.uuid().strictNullable(),
    createdAt: p.datetime(),
    readAt: p.datetime().strictNullable(),
    /** The job that changed many tickets, of all of which this one notification tells; null for a change of its own. */
    causeId: p.uuid().strictNullable(),
    /** Of how many events it tells. */
    count: p.integer(),
    /** Whether the bell shows it. */
    inApp: p.boolean(),
    /** When a letter, or a push, tells of it at the earliest; null once told, and where none is wanted. */
    mailDueAt: p.datetime().strictNullable(),
    pushDueAt: p.datetime().strictNullable(),
  },
});

/** One event told to one member, with the one reason that mattered most. */
export class Notification extends NotificationSchema.class {}
NotificationSchema.setClass(Notification);
