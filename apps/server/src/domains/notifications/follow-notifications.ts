import { Channel } from '../../platform/channel.ts';
import type { EventFeed } from '../../platform/event-feed.ts';
import type { Scope } from '../../platform/scope.ts';
import { NotificationEvent, NotificationReadEvent } from './notification.events.ts';

/** The event each new notification of the viewer tells of; null when some were read. Ticks once at the start. */
export async function followNotifications(
  feed: EventFeed,
  { workspaceId, viewer }: Scope,
): Promise<AsyncIterableIterator<{ eventId: string | null }>> {
  const channel = new Channel<{ eventId: string | null }>(() => unfollow());
  const unfollow = await feed.follow(workspaceId, (events) => {
    for (const event of events) {
      if (!event.memberIds.includes(viewer.memberId)) continue;
      if (event.type === NotificationEvent.ADDED) channel.push({ eventId: event.subjectId });
      if (event.type === NotificationReadEvent) channel.push({ eventId: null });
    }
  });
  channel.push({ eventId: null });
  return channel;
}
