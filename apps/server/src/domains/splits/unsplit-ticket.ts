import { domainEvent } from '../../kernel/domain-event.ts';
import { isId } from '../../kernel/id.ts';
import type { Scope } from '../../platform/scope.ts';
import { Conversation, recordConversations } from '../conversations/index.ts';
import { lockForMerge, mergeTickets } from '../merges/index.ts';
import { lockTicketToEdit, lockTwo } from '../tickets/index.ts';
import { moveAlong, splitChange } from './split-ticket.ts';
import { SplitRefused } from './split.errors.ts';
import { Split, SplitItem } from './split.entity.ts';
import { SplitEvent } from './split.events.ts';

/**
 * Gives a ticket its part again, while nobody has done anything with the ticket that was made of it: each message goes back
 * into its conversation. The other ticket is merged into this one, so that its number and link lead here.
 */
export function unsplitTicket(scope: Scope, splitId: string): Promise<Split> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId } = tx;
    const found = isId(splitId) ? await em.findOne(Split, { workspaceId, id: splitId, undoneAt: null }) : null;
    if (!found) throw new SplitRefused('This was undone already.', 'ticketId');
    await lockForMerge(tx, { sourceId: found.ticketId, destinationId: found.sourceId });
    const [source, ticket] = await lockTwo(tx, [found.sourceId, found.ticketId], lockTicketToEdit);
    // Two who undo at once: the second finds that it was done.
    const split = await em.refresh(found);
    if (!split || split.undoneAt) throw new SplitRefused('Somebody else has undone this already.', 'ticketId');
    // All that came with the split was logged at one instant.
    const [active]: object[] = await em.execute(
      `select 1 from event e where e.workspace_id = ? and e.ticket_id = ? and e.actor_kind in ('MEMBER', 'CLIENT') and e.at >
         (select b.at from event b where b.workspace_id = ? and b.ticket_id = ? and b.type = ? limit 1) limit 1`,
      [workspaceId, ticket.id, workspaceId, ticket.id, SplitEvent.BEGAN],
    );
    if (active)
      throw new SplitRefused(`Work on #${ticket.number} has begun, so it stays a ticket of its own. Merge the two instead.`, 'ticketId');
    const items = await em.find(SplitItem, { workspaceId, splitId: split.id });
    await em.execute(
      `update message m set conversation_id = i.from_id from split_item i
       where i.workspace_id = ? and i.split_id = ? and i.kind = 'MESSAGE' and m.workspace_id = i.workspace_id and m.id = i.item_id`,
      [workspaceId, split.id],
    );
    await em.execute(
      `update note n set ticket_id = ? from split_item i
       where i.workspace_id = ? and i.split_id = ? and i.kind = 'NOTE' and n.workspace_id = i.workspace_id and n.id = i.item_id`,
      [source.id, workspaceId, split.id],
    );
    await moveAlong(
      tx,
      [ticket.id, source.id],
      items.map(({ itemId }) => itemId),
    );
    const begun = await em.find(Conversation, { workspaceId, ticketId: ticket.id });
    await em.nativeDelete(Conversation, { workspaceId, ticketId: ticket.id });
    const givenBack = new Set(items.flatMap(({ fromId }) => fromId ?? []));
    recordConversations(tx, [...givenBack]);
    const deleted = begun.map(({ id }) => id);
    recordConversations(tx, deleted, { from: ticket.id, to: null });
    split.undoneAt = tx.now();
    await em.flush();
    tx.record(domainEvent(SplitEvent.UNDONE, source.id, { subjectId: split.id, changes: [splitChange(ticket)] }));
    await mergeTickets(tx, { sourceId: ticket.id, destinationId: source.id });
    return split;
  });
}
