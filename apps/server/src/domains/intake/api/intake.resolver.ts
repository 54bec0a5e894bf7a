import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { Priority } from '@baton/rules';
import type { Context } from '../../../graphql/context.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import { IdempotencyKeyReusedType, ReturnsUserErrors, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import { NewContactInput, ContactsDifferType } from '../../contacts/api/index.ts';
import { ConversationLinkedType, ConversationNotFoundType, ConversationOfAnotherType } from '../../conversations/api/index.ts';
import { FieldInput } from '../../fields/api/index.ts';
import { ReferenceNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { openTicket } from '../open-ticket.ts';

@InputType()
class TicketCreateInput {
  @Field(() => String) subject!: string;
  @Field(() => String, { nullable: true, description: 'HTML of a small, safe set of tags.' }) description?: string | null;
  @Field(() => Priority, { nullable: true, description: 'NORMAL when left out.' }) priority?: Priority | null;
  @Field(() => ID, { nullable: true }) topicId?: string | null;
  @Field(() => String, { nullable: true, description: 'The key of a topic, in place of `topicId`.' }) topicKey?: string | null;
  @Field(() => ID, { nullable: true }) teamId?: string | null;
  @Field(() => ID, { nullable: true }) assigneeId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The client it is for.' }) requesterId?: string | null;
  @Field(() => NewContactInput, {
    nullable: true,
    description: 'A customer: the known one with this address, else the one with this external ID, else a new one.',
  })
  newContact?: NewContactInput | null;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
  @Field(() => ID, {
    nullable: true,
    description: 'A conversation without a ticket that this one is made for. Its client is the ticket’s.',
  })
  conversationId?: string | null;
  @Field(() => Boolean, { defaultValue: false, description: 'True for a ticket without a customer. Every other ticket needs one.' })
  internal!: boolean;
  @Field(() => [ID], { nullable: true, description: 'Members to be told of every change.' }) watcherIds?: string[] | null;
  @Field(() => [String], { nullable: true, description: 'Things to be done on it, in this order.' }) checklist?: string[] | null;
  @Field(() => [FieldInput], { nullable: true, description: 'Of the workspace’s own; those left out get their defaults.' })
  fields?: FieldInput[] | null;
}

const TicketCreateError = userErrorUnion('TicketCreateError', [
  ReferenceNotFoundType,
  ContactsDifferType,
  ConversationLinkedType,
  ConversationNotFoundType,
  ConversationOfAnotherType,
  IdempotencyKeyReusedType,
]);

@ObjectType()
class TicketCreatePayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [TicketCreateError]) userErrors!: UserErrorData[];
}

@Resolver()
export class IntakeResolver {
  @Mutation(() => TicketCreatePayload, { description: 'A ticket with its client, perhaps new, and its watchers: all of it, or nothing.' })
  @ReturnsUserErrors()
  async ticketCreate(
    @Arg('input', () => TicketCreateInput) input: TicketCreateInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketCreatePayload>> {
    const { idempotencyKey: key, ...payload } = input;
    const id = await once(scope, { key, operation: 'ticketCreate', payload }, async (tx) => (await openTicket(tx, payload)).id);
    return { ticket: await findTicket(scope.fresh(), id) };
  }
}
