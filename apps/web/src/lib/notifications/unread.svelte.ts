import type { Client } from '@urql/core';
import { getContext, setContext, untrack } from 'svelte';
import { NotificationsMarkReadDocument, type NotificationFragment } from '#lib/graphql/generated/graphql.ts';
import { mutate } from '#lib/graphql/index.ts';

const key = Symbol('unread notifications');

/** The viewer's unread notifications, as the server last reported them. */
export class Unread {
  count = $state(0);
  /** The newest that came while the page is open; null when something else about them changed. */
  latest = $state.raw<NotificationFragment | null>(null);
}

export function provideUnread(): Unread {
  return setContext(key, new Unread());
}

export function useUnread(): Unread {
  return getContext<Unread>(key);
}

/**
 * Marks the notifications of the ticket on the screen read: when it is opened, when one of them arrives, and when a hidden
 * page is shown again. Make it in a component that shows the ticket.
 */
export function readWhileShown(client: Client, unread: Unread, ticketId: () => string): void {
  let visible = $state(document.visibilityState === 'visible');
  let due = $state(true);

  $effect(() => {
    const update = () => (visible = document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', update);
    return () => document.removeEventListener('visibilitychange', update);
  });
  $effect(() => {
    if (unread.latest?.ticket?.id === ticketId()) due = true;
  });
  $effect(() => {
    if (!due || !visible || unread.count === 0) return;
    due = false;
    untrack(() => void mutate(client, NotificationsMarkReadDocument, { input: { ticketId: ticketId() } }));
  });
}
