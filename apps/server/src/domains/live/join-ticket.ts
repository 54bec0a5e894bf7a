import type { Presence, PresenceActivity, PresenceBoard } from '../../platform/presence-board.ts';
import type { Scope } from '../../platform/scope.ts';
import { findTicket, TicketNotFound } from '../tickets/index.ts';

/** Puts the viewer on a ticket they see for as long as they listen, and ticks whenever somebody comes, goes or writes. */
export async function followPresence(
  board: PresenceBoard,
  scope: Scope,
  ticketId: string,
): Promise<AsyncIterableIterator<readonly Presence[]>> {
  const { workspaceId, viewer } = scope;
  if (!(await findTicket(scope, ticketId))) throw new TicketNotFound();
  const place = crypto.randomUUID();
  const people = board.follow(workspaceId, ticketId, () => board.leave(place));
  board.enter(place, { workspaceId, ticketId, memberId: viewer.memberId, activity: 'VIEWING', field: null });
  return people;
}

/** Who is on a ticket, for those who see it now; nobody for those who no longer do. */
export async function presencesOn(board: PresenceBoard, scope: Scope, ticketId: string): Promise<Presence[]> {
  return (await findTicket(scope, ticketId)) ? board.on(scope.workspaceId, ticketId) : [];
}

export interface ChangePresence {
  readonly ticketId: string;
  readonly activity: PresenceActivity;
  readonly field?: string | null | undefined;
}

export function changePresence(
  board: PresenceBoard,
  { workspaceId, viewer }: Scope,
  { ticketId, activity, field }: ChangePresence,
): boolean {
  return board.act({ workspaceId, ticketId, memberId: viewer.memberId, activity, field: field?.slice(0, 50) ?? null });
}
