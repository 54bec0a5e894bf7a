import { StatusCategory } from '@baton/rules';
import type { Scope } from '../../platform/scope.ts';
import { lockTicketToEdit } from './find-ticket.ts';
import { listStatuses } from './references.ts';
import { restoreStatus } from './restore-status.ts';
import type { Ticket } from './ticket.entity.ts';

/** Takes the spam status away: the ticket returns to the status that it had before, or to Open if that is gone. */
export function removeSpam(scope: Scope, ticketId: string): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const ticket = await lockTicketToEdit(tx, ticketId);
    if (ticket.category !== StatusCategory.SPAM) return ticket;
    const statuses = await listStatuses(tx);
    const before =
      statuses.find(({ id }) => id === ticket.statusBeforeSpamId) ?? statuses.find(({ category }) => category === StatusCategory.OPEN);
    if (before) await restoreStatus(tx, ticket, before.id);
    return ticket;
  });
}
