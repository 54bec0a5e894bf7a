import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import { IdempotencyKeyReusedType, ReturnsUserErrors, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import { LinkRefusedType } from '../../links/api/index.ts';
import { TicketNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { splitTicket } from '../split-ticket.ts';

@InputType()
class TicketSplitInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => String, { description: 'Of the new ticket.' }) subject!: string;
  @Field(() => [ID], { defaultValue: [] }) noteIds!: string[];
  @Field(() => [ID], { defaultValue: [] }) messageIds!: string[];
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@ObjectType('SplitRefused', { implements: UserError })
export class SplitRefusedType extends UserError {}

const TicketSplitError = userErrorUnion('TicketSplitError', [
  IdempotencyKeyReusedType,
  LinkRefusedType,
  SplitRefusedType,
  TicketNotFoundType,
]);

@ObjectType()
class TicketSplitPayload {
  @Field(() => TicketType, { nullable: true, description: 'The new one.' }) ticket?: Ticket | null;
  @Field(() => [TicketSplitError]) userErrors!: UserErrorData[];
}

@Resolver()
export class SplitResolver {
  @Mutation(() => TicketSplitPayload, {
    description:
      'Makes some notes and messages of a ticket a ticket of their own, linked with it. Undone from the log while nothing was done with it.',
  })
  @ReturnsUserErrors()
  async ticketSplit(
    @Arg('input', () => TicketSplitInput) { idempotencyKey: key, ...input }: TicketSplitInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketSplitPayload>> {
    const id = await once(scope, { key, operation: 'ticketSplit', payload: input }, async (tx) => (await splitTicket(tx, input)).ticketId);
    return { ticket: await findTicket(scope.fresh(), id) };
  }
}
