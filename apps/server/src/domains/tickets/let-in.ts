import type { Scope } from '../../platform/scope.ts';
import { TicketGrant } from './ticket.entity.ts';

/** Lets members into a ticket for a reason such as `watching`, until the reason ends. */
export async function letIn(tx: Scope, ticketId: string, memberIds: readonly string[], reason: string): Promise<void> {
  if (memberIds.length === 0) return;
  await tx.em.upsertMany(
    TicketGrant,
    memberIds.map((memberId) => ({ workspaceId: tx.workspaceId, ticketId, memberId, reason })),
    { onConflictAction: 'ignore' },
  );
}

export async function endGrant(tx: Scope, ticketId: string, memberId: string, reason: string): Promise<void> {
  await tx.em.nativeDelete(TicketGrant, { workspaceId: tx.workspaceId, ticketId, memberId, reason });
}
