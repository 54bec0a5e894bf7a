import { domainEvent } from '../../kernel/domain-event.ts';
import { requireWholeMember } from '../../kernel/viewer.ts';
import { Cursors, isEarlier, requirePageSize } from '../../platform/paging.ts';
import type { Scope } from '../../platform/scope.ts';
import { Notification } from './notification.entity.ts';
import { NotificationReadEvent } from './notification.events.ts';

export interface NotificationPage {
  readonly notifications: readonly Notification[];
  readonly hasNext: boolean;
}

export const notificationCursors = new Cursors<Notification>('notifications', ['timestamptz', 'uuid'], ({ createdAt, id }) => [
  createdAt,
  id,
]);

/** One's own notifications, newest first. */
export async function listNotifications(scope: Scope, first: number, after: string | null): Promise<NotificationPage> {
  requireWholeMember(scope.viewer);
  const { workspaceId, viewer } = scope;
  const count = requirePageSize('first', first);
  const last = notificationCursors.read('after', after);
  const found = await scope.em.find(
    Notification,
    { workspaceId, memberId: viewer.memberId, inApp: true, ...(last ? isEarlier('createdAt', last) : {}) },
    { orderBy: { createdAt: 'desc', id: 'desc' }, limit: count + 1 },
  );
  return { notifications: found.slice(0, count), hasNext: found.length > count };
}

export async function countUnread(scope: Scope): Promise<number> {
  requireWholeMember(scope.viewer);
  const { workspaceId, viewer } = scope;
  return scope.em.count(Notification, { workspaceId, memberId: viewer.memberId, readAt: null, inApp: true });
}

/** Marks one's own notifications read, all of them or those of a ticket, on all devices. */
export function markNotificationsRead(scope: Scope, ticketId: string | null): Promise<void> {
  return scope.transaction(async (tx) => {
    requireWholeMember(tx.viewer);
    await markRead(tx, ticketId ? { ticketId } : {});
  });
}

/** Marks the viewer's notifications of a ticket read. */
export function markTicketRead(tx: Scope, ticketId: string): Promise<void> {
  return markRead(tx, { ticketId });
}

async function markRead(tx: Scope, which: { readonly ticketId?: string }): Promise<void> {
  const { em, workspaceId, viewer } = tx;
  const changed = await em.nativeUpdate(
    Notification,
    { workspaceId, memberId: viewer.memberId, readAt: null, ...which },
    { readAt: tx.now() },
  );
  if (changed > 0) tx.record(domainEvent(NotificationReadEvent, null, { memberIds: [viewer.memberId] }));
}

/** What happened so far is told by no letter and no push: a desk was filled, and nobody was there. */
export async function forgetDeliveries({ em, workspaceId }: Scope): Promise<void> {
  await em.nativeUpdate(Notification, { workspaceId }, { mailDueAt: null, pushDueAt: null });
}

export function findNotificationOf(scope: Scope, eventId: string): Promise<Notification | null> {
  const { workspaceId, viewer } = scope;
  return scope.em.findOne(Notification, { workspaceId, memberId: viewer.memberId, eventId });
}
