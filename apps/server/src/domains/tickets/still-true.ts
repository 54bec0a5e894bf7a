import type { Scope } from '../../platform/scope.ts';
import type { Ticket } from './ticket.entity.ts';
import { TicketConflict } from './ticket.errors.ts';

type ComparedField = 'subject' | 'description' | 'priority' | 'topicId' | 'teamId' | 'requesterId' | 'statusId' | 'assigneeId';

/**
 * Refuses an edit that was begun on another value than the one that stands now, and says who changed it, when and to
 * what. Two people who mean the same are not in conflict.
 */
export async function requireUnchanged(
  tx: Scope,
  ticket: Ticket,
  field: ComparedField,
  edit: { readonly from: string | null; readonly to: string | null },
): Promise<void> {
  const theirs = ticket[field];
  if (theirs === edit.from || theirs === edit.to) return;
  throw new TicketConflict(ticket.id, field, { base: edit.from, theirs, yours: edit.to }, await lastChange(tx, ticket.id, field));
}

async function lastChange(tx: Scope, ticketId: string, field: string) {
  const [last]: { actor_id: string | null; at: Date }[] = await tx.em.execute(
    `select actor_id, at from event where workspace_id = ? and ticket_id = ? and changes @> ?::jsonb
     order by ticket_version desc limit 1`,
    [tx.workspaceId, ticketId, JSON.stringify([{ field }])],
  );
  return last ? { actorId: last.actor_id, at: new Date(last.at) } : null;
}
