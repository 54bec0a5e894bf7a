import type { Ticket } from './ticket.entity.ts';

type Row = Readonly<Record<string, unknown>>;

const instant = (value: unknown): Date => new Date(value as string);
const instantOrNull = (value: unknown): Date | null => (value === null ? null : instant(value));

/**
 * A row of `select t.*` as a ticket to read. Nothing watches it for changes, which is most of what an entity costs: whoever
 * changes a ticket locks it first and gets the entity.
 */
export function ticketOfRow(row: Row): Ticket {
  return {
    workspaceId: row.workspace_id,
    id: row.id,
    number: row.number,
    subject: row.subject,
    description: row.description,
    statusId: row.status_id,
    category: row.category,
    priority: row.priority,
    topicId: row.topic_id,
    assigneeId: row.assignee_id,
    teamId: row.team_id,
    requesterId: row.requester_id,
    source: row.source,
    dueAt: instantOrNull(row.due_at),
    statusSince: instant(row.status_since),
    snoozedUntil: instantOrNull(row.snoozed_until),
    version: row.version,
    createdAt: instant(row.created_at),
    updatedAt: instant(row.updated_at),
    resolvedAt: instantOrNull(row.resolved_at),
    deletedAt: instantOrNull(row.deleted_at),
    deletedById: row.deleted_by_id,
    staleAt: instantOrNull(row.stale_at),
    mergedIntoId: row.merged_into_id,
    statusBeforeSpamId: row.status_before_spam_id,
    reopenCount: row.reopen_count,
  } as unknown as Ticket;
}
