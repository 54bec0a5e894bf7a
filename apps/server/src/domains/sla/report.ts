import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { may } from '../../kernel/viewer.ts';
import { readLong } from '../../platform/orm.ts';
import type { Scope } from '../../platform/scope.ts';
import { requireTimeZone } from './zone-offsets.ts';
import { visibleTickets, type Names } from '../tickets/index.ts';

export const ReportGrouping = {
  METRIC: 'METRIC',
  POLICY: 'POLICY',
  PRIORITY: 'PRIORITY',
  TEAM: 'TEAM',
  TOPIC: 'TOPIC',
  OPERATOR: 'OPERATOR',
  DAY: 'DAY',
} as const;
export type ReportGrouping = (typeof ReportGrouping)[keyof typeof ReportGrouping];

export interface AskReport {
  readonly from: Date;
  /** Up to, and without. */
  readonly to: Date;
  readonly by: ReportGrouping;
  /** In which days begin and end, as Europe/Kyiv. */
  readonly timeZone: string;
}

/** How promises of one kind were kept, of those that came to an end or were missed in the period. */
export interface ReportRow {
  readonly metric: string;
  /** What the row is of, beside the metric: the id of a thing, or a word; null for nothing and for the metric alone. */
  readonly key: string | null;
  readonly names: Names;
  readonly met: number;
  readonly breached: number;
  /** Of those that came to an end, counted by their calendars. */
  readonly medianMs: number | null;
  readonly p90Ms: number | null;
  readonly elapsedMs: number;
}

const longestMs = 2 * 366 * 86_400_000;

const ended = 'coalesce(c.stopped_at, c.breached_at)';

/** What a row is of, and how it is called, by grouping. */
const groupings: Record<ReportGrouping, { readonly key: string; readonly names: string; readonly join: string }> = {
  METRIC: { key: 'null', names: 'null', join: '' },
  POLICY: {
    key: 'c.policy_id',
    names: `jsonb_build_object('en', p.name)`,
    join: 'join sla_policy p on p.workspace_id = c.workspace_id and p.id = c.policy_id',
  },
  PRIORITY: { key: 't.priority', names: 'null', join: '' },
  TEAM: {
    key: 't.team_id',
    names: `case when g.name is not null then jsonb_build_object('en', g.name) end`,
    join: 'left join team g on g.workspace_id = t.workspace_id and g.id = t.team_id',
  },
  TOPIC: { key: 't.topic_id', names: 'o.name', join: 'left join topic o on o.workspace_id = t.workspace_id and o.id = t.topic_id' },
  DAY: { key: `to_char(${ended} at time zone ?, 'YYYY-MM-DD')`, names: 'null', join: '' },
  OPERATOR: {
    key: 't.assignee_id',
    names: `case when m.name is not null then jsonb_build_object('en', m.name) end`,
    join: 'left join member m on m.workspace_id = t.workspace_id and m.id = t.assignee_id',
  },
};

interface Row {
  readonly metric: string;
  readonly key: string | null;
  readonly names: Names | null;
  readonly met: string;
  readonly breached: string;
  readonly median: number | null;
  readonly p90: number | null;
  readonly elapsed: string | null;
}

/**
 * SLA outcomes over the tickets that the viewer sees. A clock belongs to the period in which it stopped, or in which it
 * breached while it still runs. Canceled clocks, spam and merged sources count nowhere. Team, agent, topic and priority are
 * those of the ticket now.
 */
export async function slaReport(scope: Scope, { from, to, by, timeZone }: AskReport): Promise<ReportRow[]> {
  if (!may(scope.viewer, 'report.read')) throw new NotPermitted('Your role does not read reports. Ask an administrator.');
  if (!(from < to) || to.getTime() - from.getTime() > longestMs) {
    throw new InvalidInput('Ask for a period of at most two years that ends after it begins.', 'to');
  }
  if (by === ReportGrouping.DAY) requireTimeZone(timeZone);
  const { key, names, join } = groupings[by];
  const visible = visibleTickets(scope.viewer);
  const stopped = 'filter (where c.stopped_at is not null)';
  const query = `select c.metric, ${key} as key, ${names} as names,
       count(*) filter (where c.breached_at is null) as met,
       count(*) filter (where c.breached_at is not null) as breached,
       percentile_cont(0.5) within group (order by c.elapsed_ms) ${stopped} as median,
       percentile_cont(0.9) within group (order by c.elapsed_ms) ${stopped} as p90,
       sum(c.elapsed_ms) ${stopped} as elapsed
     from sla_clock c join ticket t on t.workspace_id = c.workspace_id and t.id = c.ticket_id ${join}
     where c.workspace_id = ? and ${ended} >= ? and ${ended} < ? and c.cancelled_at is null and c.target_ms is not null
       and t.category <> 'SPAM' and t.merged_into_id is null and ${visible.sql}
     group by 1, 2, 3 order by 1, 2`;
  const parameters = [...(by === ReportGrouping.DAY ? [timeZone] : []), scope.workspaceId, from, to, ...visible.parameters];
  const rows = await readLong(scope.em, (em) => em.execute<Row[]>(query, parameters));
  return rows.map((row) => ({
    metric: row.metric,
    key: row.key,
    names: row.names ?? {},
    met: Number(row.met),
    breached: Number(row.breached),
    medianMs: row.median,
    p90Ms: row.p90,
    elapsedMs: Number(row.elapsed ?? 0),
  }));
}
