import type { Reaction } from '../../platform/event-log.ts';
import type { Scope } from '../../platform/scope.ts';
import { ContactEvent } from '../contacts/index.ts';
import { ConversationEvent, MessageEvent } from '../conversations/index.ts';
import { FieldEvent } from '../fields/index.ts';
import { MergeEvent } from '../merges/index.ts';
import { NoteEvent } from '../notes/index.ts';
import { SplitEvent } from '../splits/index.ts';
import { TicketEvent } from '../tickets/index.ts';

const searched: ReadonlySet<string> = new Set(['subject', 'description', 'requesterId']);

/** Keeps what is found in step with what is written, in the same transaction: nothing is ever found late. */
export const followText: Reaction = {
  to: [
    TicketEvent.CREATED,
    TicketEvent.EDITED,
    TicketEvent.ERASED,
    ...Object.values(MessageEvent),
    ConversationEvent.LINKED,
    ...Object.values(SplitEvent),
    ...Object.values(NoteEvent),
    ...Object.values(MergeEvent),
    FieldEvent.SET,
  ],
  async run(tx, { type, ticketId, changes }) {
    if (ticketId === null || (type === TicketEvent.EDITED && !changes.some(({ field }) => searched.has(field)))) return;
    // What was changed in memory is written before it is read by SQL.
    await tx.em.flush();
    await indexTickets(tx, [ticketId]);
  },
};

/** More tickets of one client than these are old ones, and found by what else they say. */
const newest = 2000;

/** A client who has another name, or other addresses, is found by them at once, on every ticket of theirs. */
export const followClients: Reaction = {
  to: [ContactEvent.CHANGED],
  async run(tx, { subjectId }) {
    await tx.em.flush();
    await tx.em.execute(
      'select index_tickets(?, array(select id from ticket where workspace_id = ? and requester_id = ? order by number desc limit ?))',
      [tx.workspaceId, tx.workspaceId, subjectId, newest],
    );
  },
};

/** For those who write tickets in bulk, past the events: an import, the demo. */
export async function indexTickets({ em, workspaceId }: Pick<Scope, 'em' | 'workspaceId'>, ticketIds: readonly string[]): Promise<void> {
  await em.execute('select index_tickets(?, ?::uuid[])', [workspaceId, `{${ticketIds.join(',')}}`]);
}
