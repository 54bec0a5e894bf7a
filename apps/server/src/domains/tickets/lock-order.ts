import type { Reaction } from '../../platform/event-log.ts';
import { LockedTooLate } from '../../platform/database-errors.ts';
import type { Scope } from '../../platform/scope.ts';
import { ContactEvent } from '../contacts/index.ts';

/** A condition on the rows of `ticket t`, with its parameters. */
export interface TicketsToLock {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/**
 * Locks all tickets that meet a condition, whether the viewer can read them or not.
 *
 * All use cases lock in one order, so that no two of them wait for each other:
 *
 * 1. the idempotency key, then the identifiers of contacts (`reserveIdentifiers`)
 * 2. contacts, by ID (`lockContact`, `lockCurrentContact`)
 * 3. tickets, by ID (`lockTicket`, `lockTwo`, and this function)
 * 4. what belongs to a locked ticket or contact, such as conversations and notes; then the ticket counter; then new tags,
 *    by name
 * 5. once, after all reactions: new words of the search index, in alphabetical order
 *
 * A use case that changes several tickets locks all of them before it changes the first. Locking a row again is free, so
 * nested use cases lock what they need. Locks are `for no key update`: a reference to a locked row never waits.
 */
export async function lockTickets({ em, workspaceId }: Scope, { sql, parameters }: TicketsToLock): Promise<void> {
  const find = async (lock: string): Promise<string[]> => {
    const query = `select t.id from ticket t where t.workspace_id = ? and (${sql}) ${lock}`;
    const rows: { id: string }[] = await em.execute(query, [workspaceId, ...parameters]);
    return rows.map(({ id }) => id);
  };
  const locked = new Set(await find('order by t.id for no key update'));
  // While this waited, another transaction may have added a ticket that meets the condition.
  if ((await find('')).some((id) => !locked.has(id))) throw new LockedTooLate();
}

/** Locks tickets by ID. See `lockTickets` for the order. */
export async function lockInOrder(tx: Scope, ids: readonly string[]): Promise<void> {
  await lockTickets(tx, { sql: 't.id = any(?::uuid[])', parameters: [`{${ids.join(',')}}`] });
}

/** Locks the tickets of a contact that changed, before any other reaction changes one of them. */
export const lockTicketsOfContact: Reaction = {
  to: [ContactEvent.CHANGED],
  async run(tx, { subjectId }) {
    await lockTickets(tx, { sql: 't.requester_id = ?', parameters: [subjectId] });
  },
};
