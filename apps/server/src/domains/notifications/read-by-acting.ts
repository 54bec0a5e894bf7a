import type { DomainEvent } from '../../kernel/domain-event.ts';
import { actsForWholeMember } from '../../kernel/viewer.ts';
import type { Reaction } from '../../platform/event-log.ts';
import { AttachmentEvent } from '../attachments/index.ts';
import { ChecklistEvent } from '../checklists/index.ts';
import { MessageEvent } from '../conversations/index.ts';
import { FieldEvent } from '../fields/index.ts';
import { MergeEvent } from '../merges/index.ts';
import { NoteEvent } from '../notes/index.ts';
import { TimeSpentEvent } from '../time-spent/index.ts';
import { TicketEvent } from '../tickets/index.ts';
import { WatcherEvent } from '../watchers/index.ts';
import { markTicketRead } from './read-notifications.ts';

/** A member who changes a ticket has seen it: its notifications are read, on all of their devices. */
export const markReadByActing: Reaction = {
  to: [
    TicketEvent.EDITED,
    TicketEvent.STATUS_CHANGED,
    TicketEvent.ASSIGNED,
    TicketEvent.TAGGED,
    TicketEvent.SNOOZED,
    TicketEvent.DELETED,
    FieldEvent.SET,
    MessageEvent.SENT,
    MergeEvent.MERGED,
    MergeEvent.RECEIVED,
    ...Object.values(NoteEvent),
    ...Object.values(AttachmentEvent),
    ...Object.values(ChecklistEvent),
    ...Object.values(TimeSpentEvent),
    ...Object.values(WatcherEvent),
  ],
  async run(tx, event) {
    const { viewer } = tx;
    if (viewer.kind !== 'MEMBER' || !actsForWholeMember(viewer) || event.ticketId === null || isSideEffect(event)) return;
    await markTicketRead(tx, event.ticketId);
  },
};

/** A merge of contacts edits tickets that its author did not look at. */
function isSideEffect({ type, subjectId }: DomainEvent): boolean {
  return type === TicketEvent.EDITED && subjectId !== null;
}
