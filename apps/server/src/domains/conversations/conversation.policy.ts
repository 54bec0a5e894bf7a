import type { Viewer } from '../../kernel/viewer.ts';
import { canEdit, type TicketScope } from '../tickets/index.ts';

/** Who answers the client: whoever may change the ticket. Light agents and guests never. */
export function canReply(viewer: Viewer, ticket: TicketScope): boolean {
  return canEdit(viewer, ticket);
}
