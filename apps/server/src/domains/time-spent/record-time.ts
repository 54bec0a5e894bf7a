import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import { may, type Viewer } from '../../kernel/viewer.ts';
import { listLoaderByKey } from '../../platform/loader.ts';
import type { Scope } from '../../platform/scope.ts';
import { findTicket, lockTicket, type Ticket } from '../tickets/index.ts';
import { TimeEntry } from './time-entry.entity.ts';
import { TimeEntryNotFound } from './time-spent.errors.ts';
import { TimeSpentEvent } from './time-spent.events.ts';

const mostMinutes = 24 * 60;
const longestComment = 255;

/** Whoever may write down what they did may write down how long it took; others do not see it. */
function canSeeTime(viewer: Viewer): boolean {
  return may(viewer, 'note.read');
}

export interface Spent {
  readonly ticketId: string;
  /** 1 to 1440. */
  readonly minutes: number;
  readonly comment?: string | null | undefined;
  /** The note or message with which it was spent. */
  readonly ownerId?: string | null;
}

export function recordTime(scope: Scope, { ticketId, minutes, comment, ownerId = null }: Spent): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId, viewer } = tx;
    const ticket = await lockTicket(tx, ticketId);
    if (!may(viewer, 'note.write')) throw new NotPermitted('Your role may not write on tickets, and so has no time to note.');
    if (!Number.isInteger(minutes) || minutes < 1 || minutes > mostMinutes)
      throw new InvalidInput(`Time is noted in whole minutes, 1 to ${mostMinutes}; ${minutes} were given.`, 'minutes');
    const said = comment?.trim() ?? '';
    if (said.length > longestComment)
      throw new InvalidInput(`A comment has at most ${longestComment} characters; ${said.length} were given.`, 'comment');
    const entry = { workspaceId, id: newId(), ticketId, memberId: viewer.memberId, minutes, comment: said, ownerId, createdAt: tx.now() };
    await em.insert(TimeEntry, entry);
    tx.record(
      domainEvent(TimeSpentEvent.RECORDED, ticketId, { subjectId: entry.id, changes: [{ field: 'minutes', from: null, to: minutes }] }),
    );
    return ticket;
  });
}

/** One's own; whoever may edit anybody's notes any. */
export function removeTime(scope: Scope, entryId: string): Promise<Ticket> {
  return scope.transaction(async (tx) => {
    const { em, workspaceId, viewer } = tx;
    const found = isId(entryId) && canSeeTime(viewer) ? await em.findOne(TimeEntry, { workspaceId, id: entryId }) : null;
    if (!found || !(await findTicket(tx, found.ticketId))) throw new TimeEntryNotFound();
    const ticket = await lockTicket(tx, found.ticketId);
    const canRemove = may(viewer, 'note.edit.any') || (found.memberId === viewer.memberId && may(viewer, 'note.write'));
    if (!canRemove) throw new NotPermitted('You can remove your own time.');
    if ((await em.nativeDelete(TimeEntry, { workspaceId, id: entryId })) === 0) throw new TimeEntryNotFound();
    const changes = [{ field: 'minutes', from: found.minutes, to: null }];
    tx.record(domainEvent(TimeSpentEvent.REMOVED, ticket.id, { subjectId: entryId, changes }));
    return ticket;
  });
}

const entriesByTicket = listLoaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) =>
    em.find(TimeEntry, { workspaceId, ticketId: { $in: [...ids] } }, { orderBy: { createdAt: 'asc', id: 'asc' } }),
  ({ ticketId }) => ticketId,
);

/** What was noted on a ticket that the viewer sees, the first first; null for those who may not know. */
export async function timeOf(scope: Scope, ticketId: string): Promise<readonly TimeEntry[] | null> {
  return canSeeTime(scope.viewer) ? ((await scope.load(entriesByTicket, ticketId)) ?? []) : null;
}
