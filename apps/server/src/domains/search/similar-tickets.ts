import { isId } from '../../kernel/id.ts';
import { cutText } from '../../kernel/text.ts';
import type { Scope } from '../../platform/scope.ts';
import { findCurrentContact } from '../contacts/index.ts';
import { ticketOfRow, visibleTickets, type Ticket } from '../tickets/index.ts';

export interface SimilarTickets {
  readonly requesterId: string;
  readonly subject: string;
  readonly topicId?: string | null | undefined;
}

/** What was done longer ago is a duplicate of nothing new. */
const recentMs = 30 * 86_400_000;
const most = 5;
/** By trigrams, of 1: about half of the words in common. */
const alike = 0.35;

/**
 * Tickets of the same client that a new one may be a duplicate of: open or done of late, with a subject like the new one's
 * or with its topic. The most alike first; those that the viewer sees, and no word of others.
 */
export async function similarTickets(scope: Scope, { requesterId, subject, topicId }: SimilarTickets): Promise<Ticket[]> {
  const words = cutText(subject.trim().toLowerCase(), 255);
  const requester = await findCurrentContact(scope, requesterId);
  if (!requester || words === '') return [];
  const { em, workspaceId, viewer } = scope;
  const visible = visibleTickets(viewer);
  const rows: Record<string, unknown>[] = await em.execute(
    `select t.*, similarity(lower(t.subject), ?) as rank from ticket t
     where t.workspace_id = ? and t.requester_id = ? and t.category <> 'SPAM' and t.merged_into_id is null
       and (t.resolved_at is null or t.resolved_at > ?) and ${visible.sql}
       and (similarity(lower(t.subject), ?) > ? or t.topic_id = ?::uuid)
     order by rank desc, t.updated_at desc, t.id limit ?`,
    [
      words,
      workspaceId,
      requester.id,
      new Date(scope.now().getTime() - recentMs),
      ...visible.parameters,
      words,
      alike,
      topicId && isId(topicId) ? topicId : null,
      most,
    ],
  );
  return rows.map(ticketOfRow);
}
