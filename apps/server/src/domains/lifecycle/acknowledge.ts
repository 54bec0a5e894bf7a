import { StatusCategory } from '@baton/rules';
import { domainEvent } from '../../kernel/domain-event.ts';
import { may } from '../../kernel/viewer.ts';
import type { Reaction } from '../../platform/event-log.ts';
import { MessageEvent } from '../conversations/index.ts';
import { FieldEvent } from '../fields/index.ts';
import { Workspace } from '../identity/index.ts';
import { NoteEvent } from '../notes/index.ts';
import { listStatuses, Ticket, TicketEvent } from '../tickets/index.ts';

/**
 * Where a workspace wants it, a new ticket is open as soon as somebody who works on tickets did anything with it: there is
 * no way back to New. Who only reads and writes notes, as light agents do, does not work on it.
 */
export const acknowledge: Reaction = {
  to: [TicketEvent.ASSIGNED, TicketEvent.EDITED, TicketEvent.TAGGED, FieldEvent.SET, MessageEvent.SENT, NoteEvent.ADDED],
  async run(tx, { ticketId }) {
    const { em, workspaceId, viewer } = tx;
    const ticket = await em.findOneOrFail(Ticket, { workspaceId, id: ticketId ?? '' });
    // What it is made with is no work on it.
    const isBeingMade = ticket.version === 0;
    if (ticket.category !== StatusCategory.NEW || isBeingMade || !(may(viewer, 'ticket.edit.own') || may(viewer, 'ticket.edit.any')))
      return;
    const { openOnWork } = await em.findOneOrFail(Workspace, { id: workspaceId });
    const open = openOnWork ? (await listStatuses(tx)).find(({ category }) => category === StatusCategory.OPEN) : undefined;
    if (!open) return;
    const change = { field: 'statusId', from: ticket.statusId, to: open.id };
    ticket.moveTo(open, tx.now());
    tx.record(domainEvent(TicketEvent.STATUS_CHANGED, ticket.id, { changes: [change] }));
  },
};
