import type { Presence, PresenceActivity, PresenceBoard } from '../../platform/presence-board.ts';
import type { LoggedEvent } from '../../kernel/domain-event.ts';
import { cutText } from '../../kernel/text.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import type { Scope } from '../../platform/scope.ts';
import { findTicket, TicketNotFound } from '../tickets/index.ts';

/** Puts the viewer on a ticket they see for as long as they listen, and ticks whenever somebody comes, goes or writes. */
export async function followPresence(board: PresenceBoard, scope: Scope, ticketId: string): Promise<LiveSource<true>> {
  const { workspaceId, viewer } = scope;
  if (!(await findTicket(scope, ticketId))) throw new TicketNotFound();
  const { memberId } = viewer;
  return {
    topics: [`presence:${ticketId}`, `ticket:${ticketId}`],
    begin: async () => ({ payloads: [true] }),
    step: async (_scope, { signals, events }) => ({
      // Who no longer sees the ticket is shown nobody, at once and not at the next coming or going.
      payloads: signals.length > 0 || events.some((event) => event.ticketId === ticketId && scopeChanged(event)) ? [true] : [],
    }),
    open() {
      const place = crypto.randomUUID();
      board.enter(place, { workspaceId, ticketId, memberId, activity: 'VIEWING', field: null });
      return () => board.leave(place);
    },
  };
}

function scopeChanged({ facetsBefore, facets }: LoggedEvent): boolean {
  return ['teamId', 'assigneeId', 'grantedIds'].some((name) => JSON.stringify(facetsBefore?.[name]) !== JSON.stringify(facets?.[name]));
}

/**
 * The tickets of lists on which somebody came, went or writes: all that have anybody at first, then each that changes.
 * Every page of the desk follows it, so whoever does is at the desk.
 */
export function followPresences(board: PresenceBoard, { workspaceId, viewer: { memberId } }: Scope): LiveSource<string> {
  const seenOf = async (scope: Scope, ticketIds: readonly string[]) => {
    const tickets = await Promise.all(ticketIds.map((id) => findTicket(scope, id)));
    return tickets.flatMap((ticket) => ticket?.id ?? []);
  };
  return {
    topics: ['presences'],
    restMs: 250,
    begin: async (scope) => ({ payloads: await seenOf(scope, board.tickets(workspaceId)) }),
    step: async (scope, { signals }) => ({ payloads: await seenOf(scope, signals) }),
    open() {
      const place = crypto.randomUUID();
      board.enter(place, { workspaceId, ticketId: null, memberId, activity: 'VIEWING', field: null });
      return () => board.leave(place);
    },
  };
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
  return board.act({ workspaceId, ticketId, memberId: viewer.memberId, activity, field: field ? cutText(field, 50) : null });
}
