/** The rows of everybody's table of what they are told. */
export const NotificationKind = {
  CREATED: 'CREATED',
  ASSIGNED: 'ASSIGNED',
  STATUS: 'STATUS',
  /** Fields, priority, tags, links, merges. */
  CHANGED: 'CHANGED',
  /** The client wrote. */
  MESSAGE: 'MESSAGE',
  /** The client was answered. */
  REPLY: 'REPLY',
  NOTE: 'NOTE',
  MENTION: 'MENTION',
  SLA: 'SLA',
  /** It has waited for too long. */
  STALE: 'STALE',
  /** Somebody made you a watcher. */
  WATCHING: 'WATCHING',
} as const;
export type NotificationKind = (typeof NotificationKind)[keyof typeof NotificationKind];

const kindByType: Readonly<Record<string, NotificationKind>> = {
  'ticket.created': 'CREATED',
  'ticket.assigned': 'ASSIGNED',
  'ticket.status_changed': 'STATUS',
  'message.received': 'MESSAGE',
  'message.sent': 'REPLY',
  'watcher.added': 'WATCHING',
  'ticket.stale': 'STALE',
};

/** The kind of an event, as somebody who is not mentioned in it is told. */
export function kindOf(type: string): NotificationKind {
  if (type.startsWith('note.')) return 'NOTE';
  if (type.startsWith('sla.')) return 'SLA';
  return kindByType[type] ?? 'CHANGED';
}
