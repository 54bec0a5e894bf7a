import { InvalidInput } from '../../kernel/domain-error.ts';
import type { Reaction } from '../../platform/event-log.ts';
import { Workspace } from '../identity/index.ts';
import { Ticket, TicketEvent } from '../tickets/index.ts';
import { ChecklistItem } from './checklist-item.entity.ts';

/** So many are named; whoever has more to do sees it on the ticket. */
const named = 5;

/**
 * Where a workspace wants it, a ticket is not done while something on its checklist is not, and whoever closes it is told
 * what. What the desk itself brings about, and a ticket that becomes part of another, is not held up by it.
 */
export const requireChecklist: Reaction = {
  to: [TicketEvent.STATUS_CHANGED],
  async run(tx, { ticketId }) {
    const { em, workspaceId, viewer } = tx;
    if (viewer.kind !== 'MEMBER') return;
    const ticket = await em.findOneOrFail(Ticket, { workspaceId, id: ticketId ?? '' });
    if (ticket.mergedIntoId !== null || (ticket.category !== 'RESOLVED' && ticket.category !== 'CLOSED')) return;
    const { checklistRequired } = await em.findOneOrFail(Workspace, { id: workspaceId });
    if (!checklistRequired) return;
    const open = await em.find(ChecklistItem, { workspaceId, ticketId: ticket.id, doneAt: null }, { orderBy: { place: 'asc' } });
    if (open.length === 0) return;
    const names = open.slice(0, named).map(({ text }) => `"${text}"`);
    const rest = open.length > named ? ` and ${open.length - named} more` : '';
    throw new InvalidInput(`Not all on the checklist is done: ${names.join(', ')}${rest}. Do it, or take it off the list.`, 'statusId');
  },
};
