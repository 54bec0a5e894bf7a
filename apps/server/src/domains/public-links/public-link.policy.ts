import type { Viewer } from '../../kernel/viewer.ts';
import { canEdit, type TicketScope } from '../tickets/index.ts';

/** Who may give a client the ticket's link, and take it back: whoever may change what the client is told. */
export function canShare(viewer: Viewer, ticket: TicketScope): boolean {
  return canEdit(viewer, ticket);
}
