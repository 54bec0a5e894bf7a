import type { LoggedEvent } from '../../kernel/domain-event.ts';
import { Channel } from '../../platform/channel.ts';
import type { EventFeed, StreamHead } from '../../platform/event-feed.ts';
import type { Scope } from '../../platform/scope.ts';
import { canSee, isVisible, statusById, Ticket, type Status } from '../tickets/index.ts';
import { countEach, findTimedEntries, nextTimedEntry } from './find-tickets.ts';
import { matchesFilter, type TicketFacets, type TicketFilter } from './ticket-filter.ts';

export const ViewChangeKind = { ENTERED: 'ENTERED', CHANGED: 'CHANGED', LEFT: 'LEFT', RELOAD: 'RELOAD' } as const;
export type ViewChangeKind = (typeof ViewChangeKind)[keyof typeof ViewChangeKind];

/** One change of a live list. Applying it twice does no harm: it says what stands now, not what to add. */
export interface ViewChange {
  readonly kind: ViewChangeKind;
  readonly ticketId: string | null;
  readonly head: StreamHead;
}

const countEveryMs = 250;
const shortestWaitMs = 50;
const longestWaitMs = 60_000;

type FreshScope = () => Promise<Scope>;

/**
 * Follows a filter from `after`, the position a page reflected: registers first, replays what the log has since, then
 * goes on live. A position of another epoch, or too far back, is answered by RELOAD.
 */
export async function followView(
  feed: EventFeed,
  freshScope: FreshScope,
  filter: TicketFilter,
  after: StreamHead | null,
): Promise<AsyncIterableIterator<ViewChange>> {
  const scope = await freshScope();
  const { epoch, position: start } = await feed.head(scope.em, scope.workspaceId);
  let position = start;
  let queue: Promise<void> = Promise.resolve();
  const channel = new Channel<ViewChange>(() => {
    unfollow();
    time.stop();
  });
  const enqueue = (work: () => Promise<void>) => {
    queue = queue.then(work).catch((error: unknown) => channel.fail(error));
  };
  const deliver = async (events: readonly LoggedEvent[]) => {
    const news = events.filter((event) => event.position > position);
    position = news.at(-1)?.position ?? position;
    if (news.length === 0) return;
    for (const change of await changesOf(await freshScope(), filter, news, { epoch, position })) channel.push(change);
  };
  const unfollow = await feed.follow(scope.workspaceId, (events) => enqueue(() => deliver(events)));
  let lookedAt = scope.now();
  const time = new TimedEntries(() => {
    enqueue(async () => {
      const current = await freshScope();
      const entered = await findTimedEntries(current, filter, lookedAt);
      lookedAt = current.now();
      for (const ticketId of entered) channel.push({ kind: 'ENTERED', ticketId, head: { epoch, position } });
      await time.schedule(current, [filter]);
    });
  });

  enqueue(async () => {
    if (after) {
      const missed = after.epoch === epoch ? await feed.replay(scope.em, scope.workspaceId, after.position) : null;
      if (missed === null) channel.push({ kind: 'RELOAD', ticketId: null, head: { epoch, position } });
      else position = Math.min(position, after.position);
      await deliver(missed ?? []);
    }
    await time.schedule(scope, [filter]);
  });
  return channel;
}

/** The counts of filters, at first and then whenever one may have changed, a few times a second at most. */
export async function followCounts(
  feed: EventFeed,
  freshScope: FreshScope,
  filtersOf: (scope: Scope) => Promise<readonly TicketFilter[]>,
): Promise<AsyncIterableIterator<readonly number[]>> {
  const { workspaceId } = await freshScope();
  let waiting: NodeJS.Timeout | undefined;
  let last = '';
  const channel = new Channel<readonly number[]>(() => {
    unfollow();
    clearTimeout(waiting);
    time.stop();
  });
  const count = async () => {
    waiting = undefined;
    const scope = await freshScope();
    const filters = await filtersOf(scope);
    const counts = await countEach(scope, filters);
    if (counts.join() !== last) channel.push(counts);
    last = counts.join();
    await time.schedule(scope, filters);
  };
  const recount = () => {
    waiting ??= setTimeout(() => void count().catch((error: unknown) => channel.fail(error)), countEveryMs);
  };
  const time = new TimedEntries(recount);
  const unfollow = await feed.follow(workspaceId, (events) => {
    if (events.some((event) => event.ticketId !== null)) recount();
  });
  await count();
  return channel;
}

/** Rings when time alone brings the next ticket into a filter: no event tells of that. */
class TimedEntries {
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(private readonly ring: () => void) {}

  async schedule(scope: Scope, filters: readonly TicketFilter[]): Promise<void> {
    if (filters.every((filter) => filter.dueWithinMinutes == null)) return;
    const next = await nextTimedEntry(scope, filters);
    if (this.#stopped) return;
    // New tickets may come due earlier than any known now, so it looks again within a minute in any case.
    const wait = next ? Math.min(next.getTime() - scope.now().getTime(), longestWaitMs) : longestWaitMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.ring, Math.max(wait, shortestWaitMs));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}

async function changesOf(scope: Scope, filter: TicketFilter, events: readonly LoggedEvent[], head: StreamHead): Promise<ViewChange[]> {
  const byTicket = Map.groupBy(
    events.filter((event) => event.ticketId !== null),
    (event) => event.ticketId ?? '',
  );
  const tickets = await scope.em.find(Ticket, { workspaceId: scope.workspaceId, id: { $in: [...byTicket.keys()] } });
  const changes: ViewChange[] = [];
  for (const ticket of tickets) {
    const history = byTicket.get(ticket.id) ?? [];
    const before = await imageBefore(scope, ticket, history);
    const wasIn = before !== null && canSee(scope.viewer, before, false) && matchesFilter(filter, scope.viewer, scope.now(), before);
    const isIn = matchesFilter(filter, scope.viewer, scope.now(), ticket) && (await isVisible(scope, ticket));
    if (isIn) changes.push({ kind: wasIn ? 'CHANGED' : 'ENTERED', ticketId: ticket.id, head });
    else if (wasIn || movedByTime(filter, history)) changes.push({ kind: 'LEFT', ticketId: ticket.id, head });
  }
  return changes;
}

/** Clocks are not in the log's changes, so a list by due time is told of any ticket that may have dropped out of it. */
function movedByTime(filter: TicketFilter, history: readonly LoggedEvent[]): boolean {
  return filter.dueWithinMinutes != null && history.length > 0;
}

/** The ticket before the first of these events, from what they say was there; null when they begin with its creation. */
async function imageBefore(scope: Scope, ticket: Ticket, history: readonly LoggedEvent[]): Promise<TicketFacets | null> {
  const first = new Map<string, unknown>();
  for (const { changes, type } of history) {
    if (type === 'ticket.created') return null;
    for (const { field, from } of changes) if (!first.has(field)) first.set(field, from);
  }
  const statusId = first.get('statusId');
  const status: Status | null = statusId ? await scope.load(statusById, statusId as string) : null;
  const earlier = <T>(field: string, now: T) => (first.has(field) ? (first.get(field) as T) : now);
  return {
    category: status?.category ?? ticket.category,
    priority: earlier('priority', ticket.priority),
    assigneeId: earlier('assigneeId', ticket.assigneeId ?? null),
    teamId: earlier('teamId', ticket.teamId ?? null),
    topicId: earlier('topicId', ticket.topicId ?? null),
    requesterId: earlier('requesterId', ticket.requesterId ?? null),
    dueAt: ticket.dueAt ?? null,
  };
}
