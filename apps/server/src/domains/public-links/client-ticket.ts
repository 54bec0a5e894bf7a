import type { LoggedEvent } from '../../kernel/domain-event.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import type { Scope } from '../../platform/scope.ts';
import { TicketEvent } from '../tickets/index.ts';

/** What a client is told of how far a ticket is: the category, never the workspace's own status. */
export const ClientTicketState = {
  NEW: 'NEW',
  OPEN: 'OPEN',
  IN_PROGRESS: 'IN_PROGRESS',
  WAITING: 'WAITING',
  RESOLVED: 'RESOLVED',
  CLOSED: 'CLOSED',
} as const;
export type ClientTicketState = (typeof ClientTicketState)[keyof typeof ClientTicketState];

/** A ticket as its client sees it: read from views that hold nothing else. */
export interface ClientTicket {
  readonly ticketId: string;
  readonly workspace: string;
  readonly number: number;
  readonly subject: string;
  readonly state: ClientTicketState;
  readonly createdAt: Date;
  readonly stateSince: Date;
  /** Null while it is not closed. */
  readonly readableUntil: Date | null;
}

export interface ClientTicketEvent {
  readonly state: ClientTicketState;
  readonly at: Date;
}

interface TicketRow {
  readonly ticket_id: string;
  readonly workspace: string;
  readonly number: number;
  readonly subject: string;
  readonly state: ClientTicketState;
  readonly created_at: string;
  readonly state_since: string;
  readonly readable_until: string | null;
}

export async function clientTicket(scope: Scope, ticketId: string): Promise<ClientTicket | null> {
  const [row]: TicketRow[] = await scope.em.execute(
    `select ticket_id, workspace, number, subject, state, created_at, state_since, readable_until from client_ticket
     where workspace_id = ? and ticket_id = ? and (readable_until is null or readable_until > ?)`,
    [scope.workspaceId, ticketId, scope.now()],
  );
  return row
    ? {
        ticketId: row.ticket_id,
        workspace: row.workspace,
        number: row.number,
        subject: row.subject,
        state: row.state,
        createdAt: new Date(row.created_at),
        stateSince: new Date(row.state_since),
        readableUntil: row.readable_until === null ? null : new Date(row.readable_until),
      }
    : null;
}

/** How the state became others, oldest first; moves that a client would not notice are none. */
export async function clientHistory(scope: Scope, ticketId: string): Promise<ClientTicketEvent[]> {
  const rows: { state: ClientTicketState; at: string }[] = await scope.em.execute(
    'select state, at from client_ticket_event where workspace_id = ? and ticket_id = ? order by place',
    [scope.workspaceId, ticketId],
  );
  return rows.filter(({ state }, index) => state !== rows[index - 1]?.state).map(({ state, at }) => ({ state, at: new Date(at) }));
}

/**
 * Ticks when something happened that a client sees, and at nothing else: that somebody works on a ticket, or leaves
 * notes, is not told by the time of an answer either.
 */
export function followClientTicket(ticketId: string): LiveSource<{ readonly ticketId: string }> {
  return {
    topics: [`ticket:${ticketId}`],
    // Of no group that members are in, and of no other ticket's.
    audience: `client ${ticketId}`,
    begin: async () => ({ payloads: [{ ticketId }] }),
    step: async (_scope, { events }) => ({
      payloads: events.some((event) => event.ticketId === ticketId && isShown(event)) ? [{ ticketId }] : [],
    }),
  };
}

function isShown({ type, changes }: LoggedEvent): boolean {
  return type === TicketEvent.STATUS_CHANGED || changes.some(({ field }) => field === 'subject');
}
