import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { decide } from '../../../kernel/viewer.ts';
import { ReturnsUserErrors, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { MemberType } from '../../identity/api/index.ts';
import type { Member } from '../../identity/index.ts';
import { MemberCannotReadType, ReferenceNotFoundType, TicketNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { watcherIdsOf, watchersOf } from '../find-watchers.ts';
import { addWatcher, removeWatcher } from '../watch-ticket.ts';

@InputType()
class WatcherAddInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => ID) memberId!: string;
}

@InputType()
class WatcherRemoveInput extends WatcherAddInput {}

const WatcherAddError = userErrorUnion('WatcherAddError', [TicketNotFoundType, ReferenceNotFoundType, MemberCannotReadType]);
const WatcherRemoveError = userErrorUnion('WatcherRemoveError', [TicketNotFoundType]);

@ObjectType()
class WatcherAddPayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [WatcherAddError]) userErrors!: UserErrorData[];
}

@ObjectType()
class WatcherRemovePayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [WatcherRemoveError]) userErrors!: UserErrorData[];
}

@Resolver(() => TicketType)
export class WatcherResolver {
  @FieldResolver(() => [MemberType], { description: 'Who is told of every change, longest first.' })
  watchers(@Root() ticket: Ticket, @Ctx() { scope }: Context): Promise<Member[]> {
    return watchersOf(scope, ticket.id);
  }

  @FieldResolver(() => Boolean)
  async viewerIsWatching(@Root() ticket: Ticket, @Ctx() { scope }: Context): Promise<boolean> {
    const watching = await watcherIdsOf(scope, ticket.id);
    return decide(scope.viewer, ({ memberId }) => watching.includes(memberId));
  }

  @Mutation(() => WatcherAddPayload, { description: 'Yourself on any ticket you see; others on tickets you may edit.' })
  @ReturnsUserErrors()
  async watcherAdd(
    @Arg('input', () => WatcherAddInput) input: WatcherAddInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<WatcherAddPayload>> {
    const { id } = await addWatcher(scope, input);
    return { ticket: await findTicket(scope.fresh(), id) };
  }

  @Mutation(() => WatcherRemovePayload)
  @ReturnsUserErrors()
  async watcherRemove(
    @Arg('input', () => WatcherRemoveInput) input: WatcherRemoveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<WatcherRemovePayload>> {
    const { id } = await removeWatcher(scope, input);
    return { ticket: await findTicket(scope.fresh(), id) };
  }
}
