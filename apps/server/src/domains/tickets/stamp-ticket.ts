import type { LoggedFacets } from '../../kernel/domain-event.ts';
import type { StampTicket } from '../../platform/event-log.ts';

/** Takes the ticket's next versions and its facets. The row lock makes their order the order of commits. */
export const stampTicket: StampTicket = async (tx, ticketId, events) => {
  const [row]: { version: number; facets: LoggedFacets }[] = await tx.em.execute(
    `update ticket set version = version + ?, updated_at = coalesce(?, updated_at) where workspace_id = ? and id = ?
     returning version, ticket_facets(ticket) as facets`,
    [events.length, events.every(({ passive }) => passive) ? null : tx.now(), tx.workspaceId, ticketId],
  );
  if (!row) throw new Error(`an event names ticket ${ticketId}, which does not exist`);
  return row;
};

/** Says when somebody must have acted. Called by those who keep the desk's promises. */
export async function setTicketDue(tx: Parameters<StampTicket>[0], ticketId: string, dueAt: Date | null): Promise<void> {
  await tx.em.execute('update ticket set due_at = ? where workspace_id = ? and id = ?', [dueAt, tx.workspaceId, ticketId]);
}
