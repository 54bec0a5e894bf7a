import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { TicketNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { ratingsOf, removeRating } from '../rate-ticket.ts';
import type { Rating } from '../rating.entity.ts';

@ObjectType('Rating', { description: 'How the client found that they were served, once for each time that the ticket was resolved.' })
class RatingType implements Pick<Rating, 'id' | 'comment' | 'resolvedAt' | 'ratedAt'> {
  @Field(() => ID) id!: string;
  @Field(() => Int, { description: '1 to 5.' }) score!: number;
  @Field(() => String) comment!: string;
  @Field(() => Date) resolvedAt!: Date;
  @Field(() => Date, { nullable: true }) ratedAt!: Date | null;
}

@InputType()
class RatingRemoveInput {
  @Field(() => ID) ratingId!: string;
}

@ObjectType('RatingNotFound', { implements: UserError })
class RatingNotFoundType extends UserError {}

const RatingError = userErrorUnion('RatingError', [RatingNotFoundType, TicketNotFoundType]);

@ObjectType()
class RatingPayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [RatingError]) userErrors!: UserErrorData[];
}

@Resolver(() => TicketType)
export class TicketRatingsResolver {
  @FieldResolver(() => [RatingType], { description: 'What the client said of how they were served, the first first.' })
  async ratings(@Root() { id }: Ticket, @Ctx() { scope }: Context): Promise<readonly Rating[]> {
    return ratingsOf(scope, id);
  }

  @Mutation(() => RatingPayload, { description: 'Takes a rating away; the log keeps that there was one.' })
  @ReturnsUserErrors()
  async ratingRemove(
    @Arg('input', () => RatingRemoveInput) { ratingId }: RatingRemoveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<RatingPayload>> {
    const { id } = await removeRating(scope, ratingId);
    return { ticket: await findTicket(scope.fresh(), id) };
  }
}
