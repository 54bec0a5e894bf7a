import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { TicketNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { mergedInto, mergeOf } from '../find-merges.ts';
import { mergeTickets } from '../merge-tickets.ts';
import { unmergeTickets } from '../unmerge-tickets.ts';

@InputType()
class TicketMergeInput {
  @Field(() => ID, { description: 'Becomes part of the other, and is closed.' }) sourceId!: string;
  @Field(() => ID) destinationId!: string;
}

@InputType()
class TicketUnmergeInput {
  @Field(() => ID, { description: 'The ticket that was merged into another.' }) ticketId!: string;
}

@ObjectType('MergeRefused', { implements: UserError })
export class MergeRefusedType extends UserError {}

@ObjectType('UnmergeRefused', { implements: UserError })
export class UnmergeRefusedType extends UserError {}

const TicketMergeError = userErrorUnion('TicketMergeError', [TicketNotFoundType, MergeRefusedType]);
const TicketUnmergeError = userErrorUnion('TicketUnmergeError', [TicketNotFoundType, UnmergeRefusedType]);

@ObjectType()
class TicketMergePayload {
  @Field(() => TicketType, { nullable: true }) source?: Ticket | null;
  @Field(() => TicketType, { nullable: true }) destination?: Ticket | null;
  @Field(() => [TicketMergeError]) userErrors!: UserErrorData[];
}

@ObjectType()
class TicketUnmergePayload {
  @Field(() => TicketType, { nullable: true, description: 'Its own again.' }) ticket?: Ticket | null;
  @Field(() => [TicketUnmergeError]) userErrors!: UserErrorData[];
}

@Resolver(() => TicketType)
export class MergeResolver {
  @FieldResolver(() => TicketType, { nullable: true, description: 'The ticket that it was merged into, where you see that.' })
  async mergedInto(@Root() ticket: Ticket, @Ctx() { scope }: Context): Promise<Ticket | null> {
    return ticket.mergedIntoId ? findTicket(scope, ticket.mergedIntoId) : null;
  }

  @FieldResolver(() => Date, { nullable: true, description: 'When it was merged. It can be undone for 30 days.' })
  async mergedAt(@Root() ticket: Ticket, @Ctx() { scope }: Context): Promise<Date | null> {
    return (await mergeOf(scope, ticket))?.mergedAt ?? null;
  }

  @FieldResolver(() => [TicketType], { description: 'Those that were merged into it and that you see.' })
  mergedTickets(@Root() ticket: Ticket, @Ctx() { scope }: Context): Promise<Ticket[]> {
    return mergedInto(scope, ticket);
  }

  @Mutation(() => TicketMergePayload, { description: 'Makes one ticket part of another. It can be undone for 30 days.' })
  @ReturnsUserErrors()
  async ticketMerge(
    @Arg('input', () => TicketMergeInput) input: TicketMergeInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketMergePayload>> {
    const { sourceId, destinationId } = await mergeTickets(scope, input);
    const after = scope.fresh();
    return { source: await findTicket(after, sourceId), destination: await findTicket(after, destinationId) };
  }

  @Mutation(() => TicketUnmergePayload, { description: 'Makes two tickets of one again: exactly what moved goes back.' })
  @ReturnsUserErrors()
  async ticketUnmerge(
    @Arg('input', () => TicketUnmergeInput) { ticketId }: TicketUnmergeInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketUnmergePayload>> {
    const { sourceId } = await unmergeTickets(scope, ticketId);
    return { ticket: await findTicket(scope.fresh(), sourceId) };
  }
}
