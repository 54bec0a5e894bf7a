import { isId } from '../../kernel/id.ts';
import { EventRecord } from '../../platform/event-record.entity.ts';
import type { Scope } from '../../platform/scope.ts';
import { canReadNotes } from '../notes/index.ts';
import { findTicket } from '../tickets/index.ts';

/** Longer chains are a loop that somebody should look at in the log itself. */
const longest = 10;

/**
 * What brought an event about, and that, back to what somebody did or a clock told: the nearest first. It ends where the
 * viewer may not read on.
 */
export async function causesOf(scope: Scope, { causeId }: Pick<EventRecord, 'causeId'>): Promise<EventRecord[]> {
  if (causeId === null) return [];
  const { em, workspaceId } = scope;
  const rows: { id: string }[] = await em.execute(
    `with recursive chain as (
       select id, cause_id, 1 as place from event where workspace_id = ? and id = ?
       union all
       select e.id, e.cause_id, place + 1 from chain join event e on e.workspace_id = ? and e.id = chain.cause_id where place < ${longest}
     ) select id from chain order by place`,
    [workspaceId, causeId, workspaceId],
  );
  const found = new Map(
    (await em.find(EventRecord, { workspaceId, id: { $in: rows.map(({ id }) => id) } })).map((event) => [event.id, event]),
  );
  const causes: EventRecord[] = [];
  for (const { id } of rows) {
    const event = found.get(id);
    if (!event || !(await isReadable(scope, event))) break;
    causes.push(event);
  }
  return causes;
}

/** An entry of the log of a ticket that the viewer sees. */
export async function findEntry(scope: Scope, id: string): Promise<EventRecord | null> {
  const { em, workspaceId } = scope;
  const entry = isId(id) ? await em.findOne(EventRecord, { workspaceId, id, ticketId: { $ne: null } }) : null;
  return entry && (await isReadable(scope, entry)) ? entry : null;
}

async function isReadable(scope: Scope, { type, ticketId }: EventRecord): Promise<boolean> {
  if (type.startsWith('note.') && !canReadNotes(scope.viewer)) return false;
  return ticketId === null || (await findTicket(scope, ticketId)) !== null;
}
