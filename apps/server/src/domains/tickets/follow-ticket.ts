import { Channel } from '../../platform/channel.ts';
import type { EventFeed } from '../../platform/event-feed.ts';
import type { Scope } from '../../platform/scope.ts';
import { isId } from '../../kernel/id.ts';

/**
 * Ticks once at the start and then whenever something happened to the ticket. It carries nothing: each tick is answered
 * with the state and the rights of that moment, so several that come at once are as good as one.
 */
export async function followTicket(feed: EventFeed, scope: Scope, ticketId: string): Promise<AsyncIterableIterator<true>> {
  const channel = new Channel<true>(() => unfollow());
  const unfollow = await feed.follow(scope.workspaceId, (events) => {
    if (events.some((event) => event.ticketId === ticketId)) channel.push(true);
  });
  if (isId(ticketId)) channel.push(true);
  return channel;
}
