import { limits } from '@baton/rules';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import { requireWholeMember } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { Notification } from './notification.entity.ts';
import { NotificationReadEvent } from './notification.events.ts';

export interface NotificationPage {
  readonly notifications: readonly Notification[];
  readonly hasNext: boolean;
}

/** One's own notifications, newest first. */
export async function listNotifications(scope: Scope, first: number, after: string | null): Promise<NotificationPage> {
  requireWholeMember(scope.viewer);
  if (after && !isId(after)) throw new InvalidInput('The cursor is not one of this list.', 'after');
  const { workspaceId, viewer } = scope;
  const count = Math.max(1, Math.min(first, limits.pageSize));
  const found = await scope.em.find(
    Notification,
    // Ids grow with time, so they order as the instants do.
    { workspaceId, memberId: viewer.memberId, inApp: true, ...(after ? { id: { $lt: after } } : {}) },
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
    const { workspaceId, viewer } = tx;
    requireWholeMember(viewer);
    const changed = await tx.em.nativeUpdate(
      Notification,
      { workspaceId, memberId: viewer.memberId, readAt: null, ...(ticketId ? { ticketId } : {}) },
      { readAt: tx.now() },
    );
    if (changed > 0) tx.record(domainEvent(NotificationReadEvent, null, { memberIds: [viewer.memberId] }));
  });
}

/** What happened so far is told by no letter and no push: a desk was filled, and nobody was there. */
export async function forgetDeliveries({ em, workspaceId }: Scope): Promise<void> {
  await em.nativeUpdate(Notification, { workspaceId }, { mailDueAt: null, pushDueAt: null });
}

export function findNotificationOf(scope: Scope, eventId: string): Promise<Notification | null> {
  const { workspaceId, viewer } = scope;
  return scope.em.findOne(Notification, { workspaceId, memberId: viewer.memberId, eventId });
}
