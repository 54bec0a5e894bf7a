import type { Priority, StatusCategory } from '@baton/rules';
import type { Viewer } from '../../kernel/viewer.ts';

/** Which tickets; everything given must hold. "Mine" and "my teams" mean the one who asks. */
export interface TicketFilter {
  readonly categories?: readonly StatusCategory[] | null | undefined;
  readonly priorities?: readonly Priority[] | null | undefined;
  readonly mine?: boolean | null | undefined;
  readonly unassigned?: boolean | null | undefined;
  readonly assigneeIds?: readonly string[] | null | undefined;
  readonly myTeams?: boolean | null | undefined;
  readonly teamIds?: readonly string[] | null | undefined;
  readonly topicIds?: readonly string[] | null | undefined;
  readonly requesterId?: string | null | undefined;
  /** Due within so many minutes from now, or overdue. */
  readonly dueWithinMinutes?: number | null | undefined;
}

export const TicketOrder = { UPDATED: 'UPDATED', DUE: 'DUE', NUMBER: 'NUMBER' } as const;
export type TicketOrder = (typeof TicketOrder)[keyof typeof TicketOrder];

/** What of a ticket a filter looks at. */
export interface TicketFacets {
  readonly category: StatusCategory;
  readonly priority: Priority;
  readonly assigneeId: string | null;
  readonly teamId: string | null;
  readonly topicId: string | null;
  readonly requesterId: string | null;
  readonly dueAt: Date | null;
}

/** The filter in memory, for tickets as they change. Its twin is `filterSql`; the two are tested to agree. */
export function matchesFilter(filter: TicketFilter, viewer: Viewer, now: Date, ticket: TicketFacets): boolean {
  const among = <T>(allowed: readonly T[] | null | undefined, value: T | null) => !allowed || (value !== null && allowed.includes(value));
  return (
    among(filter.categories, ticket.category) &&
    among(filter.priorities, ticket.priority) &&
    among(filter.assigneeIds, ticket.assigneeId) &&
    among(filter.teamIds, ticket.teamId) &&
    among(filter.topicIds, ticket.topicId) &&
    (!filter.mine || ticket.assigneeId === viewer.memberId) &&
    (!filter.unassigned || ticket.assigneeId === null) &&
    (!filter.myTeams || (ticket.teamId !== null && viewer.teamIds.has(ticket.teamId))) &&
    (!filter.requesterId || ticket.requesterId === filter.requesterId) &&
    (filter.dueWithinMinutes == null || (ticket.dueAt !== null && ticket.dueAt <= dueLimit(filter.dueWithinMinutes, now)))
  );
}

/** The filter as SQL over the alias `t`, with its parameters. */
export function filterSql(filter: TicketFilter, viewer: Viewer, now: Date): { sql: string; parameters: unknown[] } {
  const all: string[] = ['true'];
  const parameters: unknown[] = [];
  const also = (sql: string, ...values: unknown[]) => {
    all.push(sql);
    parameters.push(...values);
  };
  const among = (column: string, values: readonly string[] | null | undefined) => {
    if (!values) return;
    if (values.length === 0) also('false');
    else also(`${column} in (${values.map(() => '?').join(', ')})`, ...values);
  };
  among('t.category', filter.categories);
  among('t.priority', filter.priorities);
  among('t.assignee_id', filter.assigneeIds);
  among('t.team_id', filter.teamIds);
  among('t.topic_id', filter.topicIds);
  if (filter.mine) also('t.assignee_id = ?', viewer.memberId);
  if (filter.unassigned) also('t.assignee_id is null');
  if (filter.myTeams) among('t.team_id', [...viewer.teamIds]);
  if (filter.requesterId) also('t.requester_id = ?', filter.requesterId);
  if (filter.dueWithinMinutes != null) also('t.due_at <= ?', dueLimit(filter.dueWithinMinutes, now));
  return { sql: all.join(' and '), parameters };
}

function dueLimit(minutes: number, now: Date): Date {
  return new Date(now.getTime() + minutes * 60_000);
}
