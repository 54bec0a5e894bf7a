import type { Priority, StatusCategory, TicketSource } from '@baton/rules';
import type { LoggedEvent, LoggedFacets } from '../../kernel/domain-event.ts';
import type { RowSource } from '../../platform/loader.ts';
import type { WaitingOn } from './status.entity.ts';

/** What filters and policies look at in a ticket. Instants are milliseconds since 1970; the SQL twin is `ticket_facets`. */
export interface TicketFacets {
  readonly statusId: string;
  readonly category: StatusCategory;
  readonly priority: Priority;
  readonly assigneeId: string | null;
  readonly teamId: string | null;
  readonly topicId: string | null;
  readonly requesterId: string | null;
  readonly source: TicketSource;
  readonly createdAt: number;
  readonly resolvedAt: number | null;
  readonly dueAt: number | null;
  readonly statusSince: number;
  readonly snoozedUntil: number | null;
  /** Null while it is not deleted; events from before there was deleting lack it. */
  readonly deletedAt?: number | null;
  readonly tagIds: readonly string[];
  /** Members. Events from before lists went by them lack this, as the two below. */
  readonly watcherIds?: readonly string[];
  readonly updatedAt?: number;
  /** Whether it was ever opened again. */
  readonly reopened?: boolean;
  /** Whether it was merged into another ticket. */
  readonly merged?: boolean;
  /** Of its status, when the ticket last changed. */
  readonly waitingOn?: WaitingOn | null;
  /** Of the workspace's own, by their ids; events from before there were any lack it. */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
  /** Members let in by name. */
  readonly grantedIds: readonly string[];
}

/** A ticket before and after a stretch of the log; null where it did not exist. */
export interface TicketMove {
  readonly ticketId: string;
  readonly before: TicketFacets | null;
  readonly after: TicketFacets | null;
}

/** How each ticket stood before and after some events, which must be in order. */
export function movesIn(events: readonly LoggedEvent[]): TicketMove[] {
  const moves = new Map<string, TicketMove>();
  for (const { ticketId, facetsBefore, facets } of events) {
    if (ticketId === null) continue;
    const before = moves.has(ticketId) ? (moves.get(ticketId)?.before ?? null) : asFacets(facetsBefore);
    moves.set(ticketId, { ticketId, before, after: asFacets(facets) });
  }
  return [...moves.values()];
}

export function asFacets(logged: LoggedFacets | null): TicketFacets | null {
  return logged as TicketFacets | null;
}

/** The subjects by which subscriptions are found: each ticket event concerns the places it left and those it came to. */
export function topicsOf({ type, subjectId, ticketId, memberIds, facetsBefore, facets }: LoggedEvent): string[] {
  const topics = memberIds.map((memberId) => `member:${memberId}`);
  if (ticketId === null) return [...topics, type, `subject:${subjectId}`];
  topics.push('tickets', `ticket:${ticketId}`);
  for (const image of [asFacets(facetsBefore), asFacets(facets)]) {
    if (!image) continue;
    topics.push(`category:${image.category}`, `priority:${image.priority}`, `assignee:${image.assigneeId}`);
    topics.push(`team:${image.teamId}`, `topic:${image.topicId}`, `requester:${image.requesterId}`, `status:${image.statusId}`);
  }
  return topics;
}

export type TimeField = 'createdAt' | 'updatedAt' | 'dueAt' | 'statusSince' | 'snoozedUntil';

const columns: Record<TimeField, string> = {
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  dueAt: 'due_at',
  statusSince: 'status_since',
  snoozedUntil: 'snoozed_until',
};

/**
 * The tickets one of whose instants lies in a stretch of time, `(from, to]` in milliseconds, as they stood at a position
 * of the log. A row may be ahead of the log, so tickets with later events are looked at too and all are taken as logged.
 */
export async function ticketsPassing(
  { em, workspaceId }: RowSource,
  { field, from, to, position }: { field: TimeField; from: number; to: number; position: number },
): Promise<{ ticketId: string; facets: TicketFacets }[]> {
  const column = columns[field];
  const rows: { ticket_id: string; facets: TicketFacets }[] = await em.execute(
    `select c.ticket_id, e.facets from (
       select id as ticket_id from ticket where workspace_id = ? and ${column} > ? and ${column} <= ?
       union select ticket_id from event where workspace_id = ? and (position > ? or position is null) and ticket_id is not null
     ) c
     join lateral (select facets from event e where e.workspace_id = ? and e.ticket_id = c.ticket_id and e.position <= ?
       order by ticket_version desc limit 1) e on true`,
    [workspaceId, new Date(from), new Date(to), workspaceId, position, workspaceId, position],
  );
  return rows
    .filter(({ facets }) => {
      const instant = facets?.[field] ?? null;
      return instant !== null && instant > from && instant <= to;
    })
    .map(({ ticket_id, facets }) => ({ ticketId: ticket_id, facets }));
}

/** The earliest of an instant among all tickets after one in milliseconds; null when there is none. */
export async function nextInstant({ em, workspaceId }: RowSource, field: TimeField, after: number): Promise<number | null> {
  const column = columns[field];
  const [row]: { instant: Date | null }[] = await em.execute(
    `select ${column} as instant from ticket where workspace_id = ? and ${column} > ? order by ${column} limit 1`,
    [workspaceId, new Date(after)],
  );
  return row?.instant ? new Date(row.instant).getTime() : null;
}
