import { ticketMetrics, type Priority } from '@baton/rules';
import { NotPermitted } from '../../kernel/domain-error.ts';
import { may, type Viewer } from '../../kernel/viewer.ts';
import type { LiveSource } from '../../platform/live/live-source.ts';
import { edgeTopic, type TimeWatch } from '../../platform/live/time-watch.ts';
import type { Scope } from '../../platform/scope.ts';
import { memberById } from '../identity/index.ts';
import { canWork, findTicket, type Ticket } from '../tickets/index.ts';
import { countEach, edgesOf, filterSql, whereVisible, type SqlCondition } from '../views/index.ts';

const worstCount = 10;
/** How many weeks back the usual is looked for. */
const usualWeeks = 4;
const weekMs = 7 * 86_400_000;

/** So many open tickets are of one kind; `late` of them are past their due instant. */
export interface BoardCount<Key> {
  readonly key: Key;
  readonly count: number;
  readonly late: number;
}

/** Somebody who works the queue: those who are at the desk, and whoever else has open tickets. */
export interface BoardOperator extends BoardCount<string> {
  readonly online: boolean;
}

/** Since midnight, and by the same time of the same weekday in the last weeks, on average. */
export interface BoardTrend {
  readonly today: number;
  readonly usual: number;
}

/** What a supervisor watches, of the tickets that they see. */
export interface Board {
  readonly open: number;
  readonly unassigned: number;
  readonly dueSoon: number;
  readonly late: number;
  readonly byStatus: readonly BoardCount<string>[];
  readonly byPriority: readonly BoardCount<Priority>[];
  readonly byTeam: readonly BoardCount<string | null>[];
  readonly byTopic: readonly BoardCount<string | null>[];
  readonly byOperator: readonly BoardOperator[];
  readonly arrivals: BoardTrend;
  readonly resolutions: BoardTrend;
  /** The most overdue first, then what is due next. */
  readonly worst: readonly Ticket[];
}

interface GroupRow {
  readonly status_id: string | null;
  readonly priority: Priority | null;
  readonly team_id: string | null;
  readonly topic_id: string | null;
  readonly assignee_id: string | null;
  /** Which columns the row is not grouped by: a bit for each, the last column the lowest. */
  readonly grouped: number;
  readonly count: string;
  readonly late: string;
  readonly soon: string;
}

/** Every figure counts what `ticketMetrics` says. `midnight`: when the viewer's day began. `online`: who is at the desk. */
export async function readBoard(scope: Scope, midnight: Date, online: ReadonlySet<string>): Promise<Board> {
  requireBoard(scope.viewer);
  const { em } = scope;
  const now = scope.now();
  const open = await whereVisible(scope, ticketMetrics.open, now);
  const [late, soon] = [ticketMetrics.overdue, ticketMetrics.dueSoon].map((metric) => filterSql(metric, scope.viewer, now)) as [
    SqlCondition,
    SqlCondition,
  ];
  const [groups, trends, worst] = await Promise.all([
    em.execute<GroupRow[]>(
      `select t.status_id, t.priority, t.team_id, t.topic_id, t.assignee_id,
         grouping(t.status_id, t.priority, t.team_id, t.topic_id, t.assignee_id) as grouped, count(*) as count,
         count(*) filter (where ${late.sql}) as late, count(*) filter (where ${soon.sql}) as soon
       from ticket t where ${open.sql}
       group by grouping sets ((t.status_id), (t.priority), (t.team_id), (t.topic_id), (t.assignee_id), ())`,
      [...late.parameters, ...soon.parameters, ...open.parameters],
    ),
    readTrends(scope, midnight, now),
    em.execute<{ id: string }[]>(`select t.id from ticket t where ${open.sql} and t.due_at is not null order by t.due_at, t.id limit ?`, [
      ...open.parameters,
      worstCount,
    ]),
  ]);
  const of = <Key>(bits: number, keyOf: (row: GroupRow) => Key): BoardCount<Key>[] =>
    groups
      .filter(({ grouped }) => grouped === bits)
      .map((row) => ({ key: keyOf(row), count: Number(row.count), late: Number(row.late) }))
      .sort((a, b) => b.count - a.count);
  const total = groups.find(({ grouped }) => grouped === 0b11111);
  const byOperator = of(0b11110, (row) => row.assignee_id);
  const found = await Promise.all(worst.map(({ id }) => findTicket(scope, id)));
  return {
    open: Number(total?.count ?? 0),
    unassigned: byOperator.find(({ key }) => key === null)?.count ?? 0,
    dueSoon: Number(total?.soon ?? 0),
    late: Number(total?.late ?? 0),
    byStatus: of(0b01111, (row) => row.status_id ?? ''),
    byPriority: of(0b10111, (row) => row.priority ?? 'NORMAL'),
    byTeam: of(0b11011, (row) => row.team_id),
    byTopic: of(0b11101, (row) => row.topic_id),
    byOperator: await operators(scope, byOperator, online),
    arrivals: trends.created,
    resolutions: trends.resolved,
    worst: found.filter((ticket) => ticket !== null),
  };
}

/** Created and resolved since midnight, and by the same time of the same weekday in the last weeks. */
async function readTrends(scope: Scope, midnight: Date, now: Date): Promise<Record<'created' | 'resolved', BoardTrend>> {
  const weeks = Array.from({ length: usualWeeks + 1 }, (_, week) => ({
    from: new Date(midnight.getTime() - week * weekMs),
    // What happens at this very instant is part of it.
    to: new Date(now.getTime() - week * weekMs + 1),
  }));
  const counts = await countEach(scope, [
    ...weeks.map((created) => ({ ...ticketMetrics.created, created })),
    ...weeks.map((resolved) => ({ ...ticketMetrics.resolved, resolved })),
  ]);
  const trend = ([today = 0, ...before]: readonly number[]): BoardTrend => ({
    today,
    usual: before.reduce((sum, count) => sum + count, 0) / usualWeeks,
  });
  return { created: trend(counts.slice(0, weeks.length)), resolved: trend(counts.slice(weeks.length)) };
}

/** The most loaded first; among equals, those who are there. */
async function operators(
  scope: Scope,
  counts: readonly BoardCount<string | null>[],
  online: ReadonlySet<string>,
): Promise<BoardOperator[]> {
  const loaded = counts.flatMap(({ key, count, late }) => (key === null ? [] : [{ key, count, late }]));
  const known = new Set(loaded.map(({ key }) => key));
  const present = await Promise.all([...online].filter((id) => !known.has(id)).map((id) => scope.load(memberById, id)));
  const idle = present.flatMap((one) => (one && canWork(one.role, one.active) ? [{ key: one.id, count: 0, late: 0 }] : []));
  return [...loaded, ...idle]
    .map((row) => ({ ...row, online: online.has(row.key) }))
    .sort((a, b) => b.count - a.count || Number(b.online) - Number(a.online));
}

function requireBoard(viewer: Viewer): void {
  if (!may(viewer, 'report.read')) throw new NotPermitted('Your role does not watch the board. Ask an administrator.');
}

/** Ticks when something happened to any ticket, and when time alone changes a figure, at most once a second. */
export function followBoard(time: TimeWatch, scope: Scope): LiveSource<true> {
  requireBoard(scope.viewer);
  const edges = edgesOf({ all: [ticketMetrics.overdue, ticketMetrics.dueSoon] });
  return {
    topics: ['tickets', 'online', ...edges.map(edgeTopic)],
    restMs: 1000,
    begin: async () => ({ payloads: [true] }),
    step: async (_scope, { events, signals }) => ({ payloads: events.length > 0 || signals.length > 0 ? [true] : [] }),
    open: () => time.watch(scope.workspaceId, edges),
  };
}
