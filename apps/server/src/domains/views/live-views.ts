import { isDeepStrictEqual } from 'node:util';
import type { LoggedEvent } from '../../kernel/domain-event.ts';
import { decide, type Viewer } from '../../kernel/viewer.ts';
import type { LiveSource, LiveStep } from '../../platform/live/live-source.ts';
import type { StreamHead } from '../../platform/live/stream-head.ts';
import { edgeTopic, type TimeWatch } from '../../platform/live/time-watch.ts';
import type { Scope } from '../../platform/scope.ts';
import { ContactEvent } from '../contacts/index.ts';
import { canSee, movesIn, ticketsPassing, asFacets, type TicketFacets } from '../tickets/index.ts';
import { contactIdsIn, currentFilter } from './current-filter.ts';
import { countsAsOf, type CountsAsOf } from './find-tickets.ts';
import { ViewEvent } from './view.events.ts';
import { anchorsOf, edgesOf, goesByUpdate, matchesFilter, type TicketFilter } from './ticket-filter.ts';

export const ViewChangeKind = { ENTERED: 'ENTERED', CHANGED: 'CHANGED', LEFT: 'LEFT', RELOAD: 'RELOAD', HEARTBEAT: 'HEARTBEAT' } as const;
export type ViewChangeKind = (typeof ViewChangeKind)[keyof typeof ViewChangeKind];

/** One change of a live list. Applying it twice does no harm: it says what stands now, not what to add. */
export interface ViewChange {
  readonly kind: ViewChangeKind;
  readonly ticketId: string | null;
  readonly head: StreamHead;
}

/** A filter with the contacts of today, the same as it was asked for, and the view that it is of. */
interface Followed {
  readonly filter: TicketFilter;
  readonly asked: TicketFilter;
  readonly viewId?: string;
}

/**
 * Follows a filter from `after`, the position a page reflected. What of it changed is told by the log alone, by the
 * facets of each ticket before and after; time is a step like any other, taken before the events of a stretch.
 */
export function followFilter(
  time: TimeWatch,
  workspaceId: string,
  { filter, asked, viewId }: Followed,
  after: StreamHead | null,
): LiveSource<ViewChange> {
  const edges = edgesOf(filter);
  const contactIds = [...new Set([...contactIdsIn(filter), ...contactIdsIn(asked)])];
  return {
    topics: [...anchorsOf(filter), ...edges.map(edgeTopic), ...[...contactIds, ...(viewId ? [viewId] : [])].map((id) => `subject:${id}`)],
    // After a change of the view, or a merge of a contact in the filter, new subscribers follow another filter.
    audience: viewId || contactIds.length > 0 ? JSON.stringify(filter) : '',
    after,
    begin: async () => ({ payloads: [] }),
    async step(scope, step) {
      const { head } = step;
      if (viewId && step.events.some(({ type, subjectId }) => type === ViewEvent.CHANGED && subjectId === viewId)) {
        return { payloads: [{ kind: 'RELOAD', ticketId: null, head }] };
      }
      if (hasContactChanged(step, contactIds) && !isDeepStrictEqual(await currentFilter(scope, asked), filter))
        return { payloads: [{ kind: 'RELOAD', ticketId: null, head }] };
      const moves = await movesOf(scope, time, edges, step);
      const payloads = moves.flatMap(({ ticketId, was, is, changed }): ViewChange[] => {
        const wasIn = was !== null && belongs(scope.viewer, filter, was);
        const isIn = is !== null && belongs(scope.viewer, filter, is);
        if (isIn && (changed || !wasIn)) return [{ kind: wasIn ? 'CHANGED' : 'ENTERED', ticketId, head }];
        return wasIn && !isIn ? [{ kind: 'LEFT', ticketId, head }] : [];
      });
      return { payloads };
    },
    reload: (head) => ({ kind: 'RELOAD', ticketId: null, head }),
    heartbeat: (head) => ({ kind: 'HEARTBEAT', ticketId: null, head }),
    selfContained: true,
    open: () => time.watch(workspaceId, edges),
  };
}

function hasContactChanged({ events }: LiveStep, contactIds: readonly string[]): boolean {
  return events.some(({ type, subjectId }) => type === ContactEvent.CHANGED && subjectId !== null && contactIds.includes(subjectId));
}

/** How many tickets a view holds. */
export interface ViewCounted {
  readonly viewId: string;
  readonly count: number;
}

const countsRestMs = 250;

/**
 * Follows the number of tickets in each of some filters. Counted once, and from then on kept by what the log says: a
 * count is of one snapshot of the database, which also says which events it holds already, so none counts twice.
 */
export function followCounts(
  time: TimeWatch,
  workspaceId: string,
  views: readonly Required<Pick<Followed, 'filter' | 'viewId'>>[],
): LiveSource<readonly ViewCounted[]> {
  const filters = views.map(({ filter }) => filter);
  const counted = (counts: readonly number[]) => views.map(({ viewId }, index) => ({ viewId, count: counts[index] ?? 0 }));
  const edges = filters.flatMap(edgesOf);
  return {
    topics: ['tickets', ...new Set(edges.map(edgeTopic))],
    audience: JSON.stringify(views),
    restMs: countsRestMs,
    async begin(scope, head) {
      const held = await countsAsOf(scope, filters, new Date(head.at));
      return { payloads: [counted(held.counts)], held };
    },
    async step(scope, step) {
      const shifts = await shiftsOf(scope, time, filters, edges, step);
      return {
        each(held) {
          const { counts, position, included } = held as CountsAsOf;
          const news = shifts.filter(({ event }) => !event || (event.position > position && !included.has(event.id)));
          if (news.length === 0) return { payload: null, held };
          const now = [...counts];
          for (const { index, by } of news) now[index] = (now[index] ?? 0) + by;
          return { payload: now.join() === counts.join() ? null : counted(now), held: { counts: now, position, included } };
        },
      };
    },
    open: () => time.watch(workspaceId, edges),
  };
}

/** A ticket as it stood at an instant, in milliseconds. */
interface Standing {
  readonly facets: TicketFacets;
  readonly at: number;
}

interface Move {
  readonly ticketId: string;
  readonly was: Standing | null;
  readonly is: Standing | null;
  /** Something happened to it; false where only time passed. */
  readonly changed: boolean;
}

type Edges = ReturnType<typeof edgesOf>;

function belongs(viewer: Viewer, filter: TicketFilter, { facets, at }: Standing): boolean {
  return decide(viewer, (one) => matchesFilter(filter, one, at, facets) && canSee(one, facets, facets.grantedIds));
}

/** How each ticket stood before and after a step: first time passes for those whose instants came, then events happen. */
async function movesOf(scope: Scope, time: TimeWatch, edges: Edges, step: LiveStep): Promise<Move[]> {
  const moves = new Map<string, Move>();
  for (const move of await passedBy(scope, time, edges, step)) moves.set(move.ticketId, move);
  const happened = await scope.remember(`moves ${step.since.position} ${step.head.position}`, async () => movesIn(step.events));
  for (const { ticketId, before, after } of happened) {
    const { at } = step.head;
    const was = moves.get(ticketId)?.was ?? (before && { facets: before, at });
    moves.set(ticketId, { ticketId, was, is: after && { facets: after, at }, changed: true });
  }
  return [...moves.values()];
}

async function passedBy(scope: Scope, time: TimeWatch, edges: Edges, { since, head }: LiveStep): Promise<Move[]> {
  const loud = edges.filter((edge) => !time.isQuiet(scope.workspaceId, edge, since.at, head.at));
  const passed = await Promise.all(
    loud.map(({ field, shiftMs }) => {
      const stretch = { field, from: since.at - shiftMs, to: head.at - shiftMs, position: since.position };
      return scope.remember(`passing ${JSON.stringify(stretch)}`, (rows) => ticketsPassing(rows, stretch));
    }),
  );
  return passed.flat().map(({ ticketId, facets }) => ({
    ticketId,
    was: { facets, at: since.at },
    is: { facets, at: head.at },
    changed: false,
  }));
}

interface Shift {
  readonly index: number;
  readonly by: 1 | -1;
  readonly event: LoggedEvent | null;
}

async function shiftsOf(scope: Scope, time: TimeWatch, filters: readonly TicketFilter[], edges: Edges, step: LiveStep): Promise<Shift[]> {
  const { at } = step.head;
  const standing = (facets: LoggedEvent['facets']) => {
    const image = asFacets(facets);
    return image && { facets: image, at };
  };
  const passed = await passedBy(scope, time, edges, step);
  const byUpdate = filters.some(goesByUpdate);
  const said = (facets: LoggedEvent['facets']) => JSON.stringify(byUpdate ? facets : { ...facets, updatedAt: null });
  const moves = [
    ...new Map(passed.map((move) => [move.ticketId, { ...move, event: null }])).values(),
    ...step.events
      .filter(({ facetsBefore, facets }) => said(facetsBefore) !== said(facets))
      .map((event) => ({ was: standing(event.facetsBefore), is: standing(event.facets), event })),
  ];
  return moves.flatMap(({ was, is, event }) =>
    filters.flatMap((filter, index): Shift[] => {
      const wasIn = was !== null && belongs(scope.viewer, filter, was);
      const isIn = is !== null && belongs(scope.viewer, filter, is);
      return wasIn === isIn ? [] : [{ index, by: isIn ? 1 : -1, event }];
    }),
  );
}
