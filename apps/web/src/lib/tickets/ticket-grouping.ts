import type { TicketFilterInput, TicketGrouping } from '#lib/graphql/generated/graphql.ts';
import type { TicketRow } from './list-source.ts';

/** What the tickets of a group have in common: a priority, or the id of a status, member, team or topic; null = none of these. */
export type GroupKey = string | null;

export const groupings: readonly TicketGrouping[] = ['STATUS', 'PRIORITY', 'ASSIGNEE', 'TEAM', 'TOPIC'];

const keys: Readonly<Record<TicketGrouping, (row: TicketRow) => GroupKey>> = {
  STATUS: ({ status }) => status.id,
  PRIORITY: ({ priority }) => priority,
  ASSIGNEE: ({ assignee }) => assignee?.id ?? null,
  TEAM: ({ team }) => team?.id ?? null,
  TOPIC: ({ topic }) => topic?.id ?? null,
};

export const groupKeyOf = (by: TicketGrouping, row: TicketRow): GroupKey => keys[by](row);

const filters: Readonly<Record<TicketGrouping, (key: GroupKey) => TicketFilterInput>> = {
  STATUS: (key) => ({ statusIds: [key ?? ''] }),
  PRIORITY: (key) => ({ priorities: [key as 'LOW'] }),
  ASSIGNEE: (key) => (key === null ? { unassigned: true } : { assigneeIds: [key] }),
  TEAM: (key) => (key === null ? { withoutTeam: true } : { teamIds: [key] }),
  TOPIC: (key) => (key === null ? { withoutTopic: true } : { topicIds: [key] }),
};

export const groupFilter = (by: TicketGrouping, key: GroupKey): TicketFilterInput => filters[by](key);
