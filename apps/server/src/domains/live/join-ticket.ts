import type { Presence, PresenceActivity, PresenceBoard } from '../../platform/presence-board.ts';
import type { LoggedEvent } from '../../kernel/domain-event.ts';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { cutText } from '../../kernel/text.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import type { Scope } from '../../platform/scope.ts';
import { ConversationEvent, ConversationNotFound, findConversation } from '../conversations/index.ts';
import { findTicket, TicketNotFound } from '../tickets/index.ts';

/** A ticket or a conversation. */
export interface PresencePlace {
  readonly ticketId?: string | null | undefined;
  readonly conversationId?: string | null | undefined;
}

function requirePlaceId({ ticketId, conversationId }: PresencePlace): string {
  const id = ticketId ?? conversationId;
  if (!id || (ticketId && conversationId)) throw new InvalidInput('Give either a ticket or a conversation.', 'ticketId');
  return id;
}

async function canSeePlace(scope: Scope, { ticketId, conversationId }: PresencePlace): Promise<boolean> {
  const place = ticketId ? await findTicket(scope, ticketId) : await findConversation(scope, conversationId ?? '');
  return place !== null;
}

/** Puts the viewer in a place that they see for as long as they listen, and ticks when a member comes, goes or writes. */
export async function followPresence(board: PresenceBoard, scope: Scope, place: PresencePlace): Promise<LiveSource<true>> {
  const { workspaceId, viewer } = scope;
  const placeId = requirePlaceId(place);
  if (!(await canSeePlace(scope, place))) throw place.ticketId ? new TicketNotFound() : new ConversationNotFound();
  const { memberId } = viewer;
  const changesWhoSees = (event: LoggedEvent) =>
    place.ticketId ? event.ticketId === placeId && scopeChanged(event) : event.subjectId === placeId;
  return {
    topics: [`presence:${placeId}`, place.ticketId ? `ticket:${placeId}` : ConversationEvent.CHANGED],
    begin: async () => ({ payloads: [true] }),
    step: async (_scope, { signals, events }) => ({
      // Who no longer sees the place is shown no members, without waiting for the next coming or going.
      payloads: signals.length > 0 || events.some(changesWhoSees) ? [true] : [],
    }),
    open() {
      const connection = crypto.randomUUID();
      board.enter(connection, { workspaceId, placeId, memberId, activity: 'VIEWING', field: null });
      return () => board.leave(connection);
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
    begin: async (scope) => ({ payloads: await seenOf(scope, board.placeIds(workspaceId)) }),
    step: async (scope, { signals }) => ({ payloads: await seenOf(scope, signals) }),
    open() {
      const place = crypto.randomUUID();
      board.enter(place, { workspaceId, placeId: null, memberId, activity: 'VIEWING', field: null });
      return () => board.leave(place);
    },
  };
}

/** The members in a place, for viewers who see it now; none for others. */
export async function presencesOn(board: PresenceBoard, scope: Scope, place: PresencePlace): Promise<Presence[]> {
  return (await canSeePlace(scope, place)) ? board.on(scope.workspaceId, requirePlaceId(place)) : [];
}

export interface ChangePresence extends PresencePlace {
  readonly activity: PresenceActivity;
  readonly field?: string | null | undefined;
}

export function changePresence(
  board: PresenceBoard,
  { workspaceId, viewer }: Scope,
  { activity, field, ...place }: ChangePresence,
): boolean {
  const placeId = requirePlaceId(place);
  return board.act({ workspaceId, placeId, memberId: viewer.memberId, activity, field: field ? cutText(field, 50) : null });
}
