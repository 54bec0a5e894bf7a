import { Arg, Ctx, Extensions, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { GraphQLJSONObject } from 'graphql-scalars';
import { connection } from '../../../graphql/connection.ts';
import { following, type Context } from '../../../graphql/context.ts';
import { limits } from '@baton/rules';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import { InvalidInput } from '../../../kernel/domain-error.ts';
import { once } from '../../../platform/once.ts';
import { TeamType } from '../../identity/api/index.ts';
import { teamById, type Team } from '../../identity/index.ts';
import { formatHead, parseHead } from '../../../platform/live/stream-head.ts';
import { allNames, LocalizedName } from '../../tickets/api/index.ts';
import { findTicket } from '../../tickets/index.ts';
import type { Scope } from '../../../platform/scope.ts';
import { currentFilter } from '../current-filter.ts';
import { countTickets, findTickets, groupTickets, TicketGrouping, type FindTickets, type TicketGroup } from '../find-tickets.ts';
import { findView, listViews, sharedViews } from '../find-views.ts';
import { followCounts, followFilter, type ViewChange, type ViewCounted } from '../live-views.ts';
import { createView, deleteView, editView, orderViews, ViewAudience, type ViewWanted } from '../save-view.ts';
import { requireReasonable, type TicketFilter } from '../ticket-filter.ts';
import { orderOfView, TicketOrder } from '../ticket-order.ts';
import { usualColumns, type View } from '../view.entity.ts';
import { ViewNotFound } from '../view.errors.ts';
import { ViewEvent } from '../view.events.ts';
import { canSaveView } from '../view.policy.ts';
import {
  TicketConnectionType,
  TicketFilterInput,
  TicketGroupType,
  ViewChangeType,
  ViewCount,
  ViewCreateInput,
  ViewDeleteInput,
  ViewDeletePayload,
  ViewEditInput,
  ViewSavePayload,
  ViewsOrderInput,
  ViewsOrderPayload,
  ViewType,
  type ViewWantedInput,
  type TicketConnection,
} from './view.type.ts';

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
    @Arg('orderFieldId', () => ID, { nullable: true, description: 'For an order by a field.' }) orderFieldId: string | null,
    @Ctx() context: Context,
  ): Promise<TicketConnection> {
    return pageOf(context, { filter, order, orderFieldId, first, after, offset });
  }

  @Extensions({ cost: 500 })
  @Query(() => [TicketGroupType], { description: 'How many of the matching tickets that you see there are of each kind, in no order.' })
  ticketGroups(
    @Arg('filter', () => TicketFilterInput, { defaultValue: {} }) filter: TicketFilterInput,
    @Arg('by', () => TicketGrouping) by: TicketGrouping,
    @Ctx() { scope }: Context,
  ): Promise<TicketGroup[]> {
    return groupTickets(scope, filter, by);
  }

  @FieldResolver(() => Int, { description: 'Counted anew each time you ask; leave it out where no screen shows it.' })
  totalCount(@Root() { filter }: TicketConnection, @Ctx() { scope }: Context): Promise<number> {
    return countTickets(scope, filter);
  }

  @Subscription(() => ViewChangeType, {
    description: 'How the list of matching tickets changes, from a position on.',
    subscribe: following<{ filter: TicketFilterInput; after?: string | null }>(async ({ args, context: { live, scope } }) => {
      requireReasonable(args.filter);
      const filter = await currentFilter(scope, args.filter);
      return followFilter(live.time, scope.workspaceId, { filter, asked: args.filter }, parseHead(args.after));
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
  const { filter, after, offset } = question;
  const { tickets, cursorOf, hasNext } = await findTickets(scope, question);
  const page = connection(tickets, cursorOf, { next: hasNext, previous: Boolean(after ?? offset) });
  return { ...page, filter, position: formatHead(head) };
}

/** A ticket that was lost from sight between the change and its delivery has left. */
async function shown(scope: Scope, { kind, ticketId, head }: ViewChange): Promise<ViewChangeType> {
  const ticket = ticketId && kind !== 'LEFT' ? await findTicket(scope, ticketId) : null;
  const left = (kind === 'ENTERED' || kind === 'CHANGED') && !ticket;
  return { kind: left ? 'LEFT' : kind, ticketId, ticket, position: formatHead(head) };
}

async function namedViews(scope: Scope, ids: readonly string[]): Promise<View[]> {
  if (ids.length > limits.pageSize)
    throw new InvalidInput(`At most ${limits.pageSize} views are counted; ${ids.length} were named.`, 'viewIds');
  const views = await Promise.all(ids.map((id) => findView(scope, id)));
  return views.filter((view) => view !== null);
}

const asWanted = ({
  name,
  filter,
  text,
  order,
  columns,
  fieldIds,
  grouping,
  audience,
  teamId,
  orderFieldId,
}: ViewWantedInput): ViewWanted => ({
  name,
  // Without the classes of the input, which are no part of what is kept.
  filter: JSON.parse(JSON.stringify(filter)) as TicketFilter,
  text: text ?? '',
  order,
  orderFieldId,
  columns: columns ?? usualColumns,
  fieldIds: fieldIds ?? [],
  grouping: grouping ?? null,
  audience,
  teamId,
});

@Resolver(() => ViewType)
export class ViewResolver {
  @Query(() => [ViewType], { description: 'The workspace’s, those of your teams and your own, in your order.' })
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

  @FieldResolver(() => GraphQLJSONObject, { description: 'A `TicketFilterInput`, to be narrowed with `all` in other operations.' })
  filter(@Root() view: View): TicketFilter {
    return view.wanted();
  }

  @FieldResolver(() => TicketOrder)
  order(@Root() { sort }: View): TicketOrder {
    return sort;
  }

  @FieldResolver(() => ID, { nullable: true, description: 'For an order by a field, which.' })
  orderFieldId(@Root() { sortFieldId }: View): string | null {
    return sortFieldId;
  }

  @FieldResolver(() => Int)
  count(@Root() view: View, @Ctx() { scope }: Context): Promise<number> {
    return countTickets(scope, view.wanted());
  }

  @FieldResolver(() => TicketConnectionType)
  async tickets(
    @Root() view: View,
    @Arg('first', () => Int, { defaultValue: 25 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('offset', () => Int, { nullable: true }) offset: number | null,
    @Arg('order', () => TicketOrder, { nullable: true, description: 'Null = the view’s own.' }) order: TicketOrder | null,
    @Arg('orderFieldId', () => ID, { nullable: true, description: 'For an order by a field.' }) orderFieldId: string | null,
    @Arg('within', () => TicketFilterInput, { nullable: true, description: 'Those alone of its tickets that match this too.' })
    within: TicketFilterInput | null,
    @Ctx() context: Context,
  ): Promise<TicketConnection> {
    const filter = within ? { all: [view.wanted(), within] } : view.wanted();
    const asked = order ? { order, orderFieldId } : await orderOfView(context.scope, view);
    return pageOf(context, { filter, first, after, offset, ...asked });
  }

  @FieldResolver(() => [TicketGroupType], { description: 'How many of its tickets there are of each kind, in no order.' })
  groups(@Root() view: View, @Arg('by', () => TicketGrouping) by: TicketGrouping, @Ctx() { scope }: Context): Promise<TicketGroup[]> {
    return groupTickets(scope, view.wanted(), by);
  }

  @Subscription(() => ViewChangeType, {
    description: 'How a view’s list changes, from a position on.',
    subscribe: following<{ viewId: string; after?: string | null }>(async ({ args, context: { live, scope } }) => {
      const view = await findView(scope, args.viewId);
      if (!view) throw new ViewNotFound();
      const asked = view.wanted();
      const filter = await currentFilter(scope, asked);
      return followFilter(live.time, scope.workspaceId, { filter, asked, viewId: view.id }, parseHead(args.after));
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

  @FieldResolver(() => ViewAudience)
  audience(@Root() { ownerId, teamId }: View): ViewAudience {
    return ownerId !== null ? ViewAudience.PRIVATE : teamId !== null ? ViewAudience.TEAM : ViewAudience.WORKSPACE;
  }

  @FieldResolver(() => TeamType, { nullable: true })
  team(@Root() { teamId }: View, @Ctx() { scope }: Context): Promise<Team | null> {
    return scope.load(teamById, teamId);
  }

  @FieldResolver(() => Boolean, { description: 'Whether you may change and delete it.' })
  viewerCanSave(@Root() view: View, @Ctx() { scope }: Context): boolean {
    return canSaveView(scope.viewer, view);
  }

  @Mutation(() => ViewSavePayload, { description: 'Keeps a filter: for yourself, for a team, or for everybody.' })
  @ReturnsUserErrors()
  async viewCreate(
    @Arg('input', () => ViewCreateInput) { idempotencyKey: key, ...input }: ViewCreateInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ViewSavePayload>> {
    const id = await once(
      scope,
      { key, operation: 'viewCreate', payload: input },
      async (tx) => (await createView(tx, asWanted(input))).id,
    );
    return { view: await findView(scope.fresh(), id) };
  }

  @Mutation(() => ViewSavePayload, { description: 'What it lists and counts changes wherever it is open.' })
  @ReturnsUserErrors()
  async viewEdit(@Arg('input', () => ViewEditInput) input: ViewEditInput, @Ctx() { scope }: Context): Promise<Partial<ViewSavePayload>> {
    const { id } = await editView(scope, { viewId: input.viewId, version: input.version, ...asWanted(input) });
    return { view: await findView(scope.fresh(), id) };
  }

  @Mutation(() => ViewDeletePayload)
  @ReturnsUserErrors()
  async viewDelete(
    @Arg('input', () => ViewDeleteInput) { viewId }: ViewDeleteInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ViewDeletePayload>> {
    return { viewId: (await deleteView(scope, viewId)).id };
  }

  @Mutation(() => ViewsOrderPayload, { description: 'The order in which you have your views. Those left out follow.' })
  @ReturnsUserErrors()
  async viewsOrder(
    @Arg('input', () => ViewsOrderInput) { viewIds }: ViewsOrderInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ViewsOrderPayload>> {
    return { views: await orderViews(scope, viewIds) };
  }

  @Subscription(() => [ViewType], {
    description: 'Your views, at first and whenever one is made, changed, moved or deleted.',
    subscribe: following(() => ({
      topics: [ViewEvent.CHANGED],
      begin: () => Promise.resolve({ payloads: [true] }),
      step: (_scope, { events }) => Promise.resolve({ payloads: events.some(({ type }) => type === ViewEvent.CHANGED) ? [true] : [] }),
    })),
  })
  viewsChanged(@Ctx() { scope }: Context): Promise<View[]> {
    return listViews(scope);
  }

  @Subscription(() => [ViewCount], {
    description:
      'How many tickets each view holds, at first and whenever a number changes: of the workspace’s views, or of those that you name. Subscribe anew when `viewsChanged` says so.',
    subscribe: following<{ viewIds?: string[] | null }>(async ({ args, context: { live, scope } }) => {
      const views = args.viewIds ? await namedViews(scope, args.viewIds) : await sharedViews(scope);
      const wanted = await Promise.all(views.map(async (view) => ({ viewId: view.id, filter: await currentFilter(scope, view.wanted()) })));
      return followCounts(live.time, scope.workspaceId, wanted);
    }),
  })
  viewCountsChanged(
    @Arg('viewIds', () => [ID], { nullable: true }) _viewIds: string[] | null,
    @Root() counts: readonly ViewCounted[],
  ): readonly ViewCount[] {
    return counts;
  }
}
