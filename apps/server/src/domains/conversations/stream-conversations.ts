import { domainEvent, type LoggedEvent } from '../../kernel/domain-event.ts';
import { streamChanges, type ObjectChange, type StreamedChange } from '../../platform/live/change-stream.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import type { StreamHead } from '../../platform/live/stream-head.ts';
import type { Scope } from '../../platform/scope.ts';
import { asFacets, canSee, findTicket } from '../tickets/index.ts';
import { ConversationEvent } from './conversation.events.ts';
import { canReadConversations } from './conversation.policy.ts';
import { conversationsOf, findConversation } from './find-conversations.ts';

/** The ticket that a conversation belonged to before and belongs to now. */
export interface ConversationMove {
  readonly from: string | null;
  readonly to: string | null;
}

/** Records that conversations changed; with a move when they came to another ticket, or are deleted. */
export function recordConversations(tx: Scope, ids: readonly string[], move?: ConversationMove): void {
  const changes = move ? [{ field: 'ticketId', ...move }] : [];
  for (const id of ids) tx.record(domainEvent(ConversationEvent.CHANGED, null, { subjectId: id, changes }));
}

/** Streams every conversation that the viewer may read, and those that come and go with their ticket. */
export function streamConversations(after: StreamHead | null): LiveSource<StreamedChange> {
  return streamChanges({
    topics: [ConversationEvent.CHANGED, 'tickets'],
    after,
    changesOf: (scope, event) =>
      event.ticketId === null ? changesOfConversation(scope, event) : changesOfTicket(scope, event, event.ticketId),
  });
}

/** One that moved away from a place where the viewer could read it is gone. */
async function changesOfConversation(scope: Scope, { type, subjectId: id, changes }: LoggedEvent): Promise<readonly ObjectChange[]> {
  if (type !== ConversationEvent.CHANGED || id === null) return [];
  if (await findConversation(scope, id)) return [{ kind: 'CHANGED', id }];
  const move = changes.find(({ field }) => field === 'ticketId');
  if (!move) return [];
  const wasRead = move.from === null ? canReadConversations(scope.viewer) : (await findTicket(scope, String(move.from))) !== null;
  return wasRead ? [{ kind: 'GONE', id }] : [];
}

async function changesOfTicket(scope: Scope, { facetsBefore }: LoggedEvent, ticketId: string): Promise<readonly ObjectChange[]> {
  const before = asFacets(facetsBefore);
  const wasSeen = before !== null && canSee(scope.viewer, before, before.grantedIds);
  const isSeen = (await findTicket(scope, ticketId)) !== null;
  if (wasSeen === isSeen) return [];
  const conversations = await conversationsOf(scope, ticketId);
  return conversations.map(({ id }) => ({ kind: isSeen ? 'CHANGED' : 'GONE', id }));
}
