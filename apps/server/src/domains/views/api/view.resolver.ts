import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root, Subscription } from 'type-graphql';
import { connection } from '../../../graphql/connection.ts';
import { following, type Context } from '../../../graphql/context.ts';
import { formatHead, parseHead } from '../../../platform/live/stream-head.ts';
import { allNames, LocalizedName } from '../../tickets/api/index.ts';
import { findTicket } from '../../tickets/index.ts';
import type { Scope } from '../../../platform/scope.ts';
import { countTickets, cursorOf, findTickets, findView, listViews, type FindTickets } from '../find-tickets.ts';
import { followCounts, followFilter, type ViewChange } from '../live-views.ts';
import { requireReasonable, TicketOrder } from '../ticket-filter.ts';
import type { View } from '../view.entity.ts';
import { ViewNotFound } from '../view.errors.ts';
import { TicketConnectionType, TicketFilterInput, ViewChangeType, ViewCount, ViewType, type TicketConnection } from './view.type.ts';

@Resolver(() => TicketConnectionType)
export class TicketListResolver {
  @Query(() => TicketConnectionType, { description: 'The tickets you see that match, at most 100 a page.' })
  tickets(
    @Arg('filter', () => TicketFilterInput, { defaultValue: {} }) filter: TicketFilterInput,
    @Arg('order', () => TicketOrder, { defaultValue: TicketOrder.UPDATED }) order: TicketOrder,
    @Arg('first', () => Int, { defaultValue: 25 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('offset', () => Int, { nullable: true, description: 'Rows to skip from the cursor on, to jump along a long list.' })
    offset: number | null,
    @Ctx() context: Context,
  ): Promise<TicketConnection> {
    return pageOf(context, { filter, order, first, after, offset });
  }

  @FieldResolver(() => Int, { description: 'Counted anew each time you ask; leave it out where no screen shows it.' })
  totalCount(@Root() { filter }: TicketConnection, @Ctx() { scope }: Context): Promise<number> {
    return countTickets(scope, filter);
  }

  @Subscription(() => ViewChangeType, {
    description: 'How the list of matching tickets changes, from a position on.',
    subscribe: following<{ filter: TicketFilterInput; after?: string | null }>(({ args, context: { live, scope } }) => {
      requireReasonable(args.filter);
      return followFilter(live.time, scope.workspaceId, args.filter, parseHead(args.after));
    }),
  })
  ticketsChanged(
    @Arg('filter', () => TicketFilterInput, { defaultValue: {} }) _filter: TicketFilterInput,
    @Arg('after', () => String, { nullable: true, description: 'The `position` of the page you hold, or of the last change.' })
    _after: string | null,
    @Root() change: ViewChange,
    @Ctx() { scope }: Context,
  ): Promise<ViewChangeType> {
    return shown(scope, change);
  }
}

/** The page, and the position it reflects: read first, so that what changes meanwhile comes again as a change. */
async function pageOf({ scope, live }: Context, question: FindTickets): Promise<TicketConnection> {
  const head = await live.desk.head(scope);
  const { filter, order, after, offset } = question;
  const { tickets, hasNext } = await findTickets(scope, question);
  const page = connection(tickets, (ticket) => cursorOf(order, ticket), { next: hasNext, previous: Boolean(after ?? offset) });
  return { ...page, filter, position: formatHead(head) };
}

/** A ticket that was lost from sight between the change and its delivery has left. */
async function shown(scope: Scope, { kind, ticketId, head }: ViewChange): Promise<ViewChangeType> {
  const ticket = ticketId && kind !== 'LEFT' ? await findTicket(scope, ticketId) : null;
  const left = (kind === 'ENTERED' || kind === 'CHANGED') && !ticket;
  return { kind: left ? 'LEFT' : kind, ticketId, ticket, position: formatHead(head) };
}

@Resolver(() => ViewType)
export class ViewResolver {
  @Query(() => [ViewType], { description: 'In the workspace’s order.' })
  views(@Ctx() { scope }: Context): Promise<View[]> {
    return listViews(scope);
  }

  @Query(() => ViewType, { nullable: true })
  view(@Arg('key', () => String, { description: 'Its key or id.' }) key: string, @Ctx() { scope }: Context): Promise<View | null> {
    return findView(scope, key);
  }

  @FieldResolver(() => [LocalizedName])
  names(@Root() { name }: View): LocalizedName[] {
    return allNames(name);
  }

  @FieldResolver(() => TicketOrder)
  order(@Root() { sort }: View): TicketOrder {
    return sort;
  }

  @FieldResolver(() => Int)
  count(@Root() { filter }: View, @Ctx() { scope }: Context): Promise<number> {
    return countTickets(scope, filter);
  }

  @FieldResolver(() => TicketConnectionType)
  tickets(
    @Root() { filter, sort }: View,
    @Arg('first', () => Int, { defaultValue: 25 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('offset', () => Int, { nullable: true }) offset: number | null,
    @Ctx() context: Context,
  ): Promise<TicketConnection> {
    return pageOf(context, { filter, order: sort, first, after, offset });
  }

  @Subscription(() => ViewChangeType, {
    description: 'How a view’s list changes, from a position on.',
    subscribe: following<{ viewId: string; after?: string | null }>(async ({ args, context: { live, scope } }) => {
      const view = await findView(scope, args.viewId);
      if (!view) throw new ViewNotFound();
      return followFilter(live.time, scope.workspaceId, view.filter, parseHead(args.after));
    }),
  })
  viewChanged(
    @Arg('viewId', () => ID) _viewId: string,
    @Arg('after', () => String, { nullable: true }) _after: string | null,
    @Root() change: ViewChange,
    @Ctx() { scope }: Context,
  ): Promise<ViewChangeType> {
    return shown(scope, change);
  }

  @Subscription(() => [ViewCount], {
    description: 'How many tickets each view holds, at first and whenever a number changes.',
    subscribe: following(async ({ context: { live, scope } }) => {
      const views = await listViews(scope);
      return followCounts(
        live.time,
        scope.workspaceId,
        views.map(({ filter }) => filter),
      );
    }),
  })
  async viewCountsChanged(@Root() counts: readonly number[], @Ctx() { scope }: Context): Promise<ViewCount[]> {
    const views = await listViews(scope);
    return views.map(({ id }, index) => ({ viewId: id, count: counts[index] ?? 0 }));
  }
}
