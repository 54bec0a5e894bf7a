import { requireWholeMember } from '../../kernel/viewer.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import type { Scope } from '../../platform/scope.ts';
import { NotificationEvent, NotificationReadEvent } from './notification.events.ts';

/** The event each new notification of the viewer tells of; null when some were read. Ticks once at the start. */
export function followNotifications({ viewer }: Scope): LiveSource<{ eventId: string | null }> {
  requireWholeMember(viewer);
  const { memberId } = viewer;
  return {
    topics: [`member:${memberId}`],
    audience: memberId,
    begin: async () => ({ payloads: [{ eventId: null }] }),
    step: async (_scope, { events }) => ({
      payloads: events.flatMap(({ type, memberIds, subjectId }) => {
        if (!memberIds.includes(memberId)) return [];
        if (type === NotificationEvent.ADDED) return [{ eventId: subjectId }];
        return type === NotificationReadEvent ? [{ eventId: null }] : [];
      }),
    }),
  };
}
