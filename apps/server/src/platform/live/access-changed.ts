import type { LoggedEvent } from '../../kernel/domain-event.ts';
import type { Viewer } from '../../kernel/viewer.ts';

/** The event by which changed permissions are noticed immediately, and after a time away. It names each member whose are. */
export const accessChanged = 'access.changed';

/** Whether one of the events may have changed what the viewer sees. */
export function changesAccess(events: readonly LoggedEvent[], { memberId }: Pick<Viewer, 'memberId'>): boolean {
  return events.some(({ type, memberIds }) => type === accessChanged && memberIds.includes(memberId));
}
