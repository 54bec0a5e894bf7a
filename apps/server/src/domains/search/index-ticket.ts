import type { LastReaction } from '../../platform/event-log.ts';
import type { Scope } from '../../platform/scope.ts';
import { ContactEvent } from '../contacts/index.ts';
import { ConversationEvent, MessageEvent } from '../conversations/index.ts';
import { FieldEvent } from '../fields/index.ts';
import { MergeEvent } from '../merges/index.ts';
import { NoteEvent } from '../notes/index.ts';
import { SplitEvent } from '../splits/index.ts';
import { TicketEvent } from '../tickets/index.ts';

const searched: ReadonlySet<string> = new Set(['subject', 'description', 'requesterId']);

/** A search finds at most so many tickets by the name or address of one customer, the newest. */
const newest = 2000;

/**
 * Updates the search index in the same transaction, so that a search finds each change from its commit on. All tickets
 * are indexed together: new words are stored in one order, and the index is written only for tickets that are locked.
 */
export const followText: LastReaction = {
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
    ContactEvent.CHANGED,
  ],
  async run(tx, events) {
    const changed = events.filter(({ type, changes }) => type !== TicketEvent.EDITED || changes.some(({ field }) => searched.has(field)));
    const contactIds = changed.flatMap(({ type, subjectId }) => (type === ContactEvent.CHANGED ? (subjectId ?? []) : []));
    const ticketIds = changed.flatMap(({ type, ticketId }) => (type === ContactEvent.CHANGED ? [] : (ticketId ?? [])));
    for (const id of new Set(contactIds)) ticketIds.push(...(await ticketsOfContact(tx, id)));
    if (ticketIds.length > 0) await indexTickets(tx, [...new Set(ticketIds)]);
  },
};

async function ticketsOfContact({ em, workspaceId }: Scope, contactId: string): Promise<string[]> {
  const rows: { id: string }[] = await em.execute(
    'select id from ticket where workspace_id = ? and requester_id = ? order by number desc limit ?',
    [workspaceId, contactId, newest],
  );
  return rows.map(({ id }) => id);
}

/** For those who write tickets in bulk, past the events: an import, the demo. */
export async function indexTickets({ em, workspaceId }: Pick<Scope, 'em' | 'workspaceId'>, ticketIds: readonly string[]): Promise<void> {
  await em.execute('select index_tickets(?, ?::uuid[])', [workspaceId, `{${ticketIds.join(',')}}`]);
}
