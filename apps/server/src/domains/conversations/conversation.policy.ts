import { decide, type Viewer } from '../../kernel/viewer.ts';
import { canEdit, type TicketScope } from '../tickets/index.ts';

/** Who answers the client: whoever may change the ticket. Light agents and guests never. */
export function canReply(viewer: Viewer, ticket: TicketScope): boolean {
  return canEdit(viewer, ticket);
}

/** Conversations without a ticket are of no team: all who work on tickets read and answer them. */
export function canReadConversations(viewer: Viewer): boolean {
  return decide(viewer, (one) => one.permissions.has('ticket.edit.own') || one.permissions.has('ticket.edit.any'));
}
