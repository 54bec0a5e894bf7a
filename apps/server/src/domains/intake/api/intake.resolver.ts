import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { Priority } from '@baton/rules';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { ContactCreateInput, ContactExistsType } from '../../contacts/api/index.ts';
import { ReferenceNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { openTicket } from '../open-ticket.ts';

@InputType()
class TicketCreateInput {
  @Field(() => String) subject!: string;
  @Field(() => String, { nullable: true, description: 'HTML of a small, safe set of tags.' }) description?: string | null;
  @Field(() => Priority, { nullable: true, description: 'NORMAL when left out.' }) priority?: Priority | null;
  @Field(() => ID, { nullable: true }) topicId?: string | null;
  @Field(() => ID, { nullable: true }) teamId?: string | null;
  @Field(() => ID, { nullable: true }) assigneeId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The client it is for.' }) requesterId?: string | null;
  @Field(() => ContactCreateInput, { nullable: true, description: 'A client made together with the ticket.' })
  newContact?: ContactCreateInput | null;
  @Field(() => [ID], { nullable: true, description: 'Members to be told of every change.' }) watcherIds?: string[] | null;
}

const TicketCreateError = userErrorUnion('TicketCreateError', [ReferenceNotFoundType, ContactExistsType]);

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
    const { id } = await openTicket(scope, input);
    return { ticket: await findTicket(scope.fresh(), id) };
  }
}
