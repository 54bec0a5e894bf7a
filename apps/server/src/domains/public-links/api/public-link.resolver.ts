import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { TicketNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import type { LinkDesk, SharedLink } from '../share-ticket.ts';

@ObjectType('PublicLink', { description: 'The link by which a client follows a ticket without an account.' })
class PublicLinkType {
  @Field(() => String, { description: 'For the client: whoever has it sees what the client sees.' }) url!: string;
  @Field(() => Date) openedAt!: Date;
}

@InputType()
class TicketLinkInput {
  @Field(() => ID) ticketId!: string;
}

const TicketLinkError = userErrorUnion('TicketLinkError', [TicketNotFoundType]);

@ObjectType()
class TicketLinkPayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [TicketLinkError]) userErrors!: UserErrorData[];
}

@Resolver(() => TicketType)
export class PublicLinkResolver {
  constructor(private readonly desk: LinkDesk) {}

  @FieldResolver(() => PublicLinkType, {
    nullable: true,
    description: 'Null while there is none, and for those who may not edit the ticket.',
  })
  publicLink(@Root() ticket: Ticket, @Ctx() { scope }: Context): Promise<SharedLink | null> {
    return this.desk.linkOf(scope, ticket);
  }

  @Mutation(() => TicketLinkPayload, { description: 'Makes the ticket’s public link; where there is one it stays.' })
  @ReturnsUserErrors()
  async ticketLinkOpen(
    @Arg('input', () => TicketLinkInput) { ticketId }: TicketLinkInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketLinkPayload>> {
    await this.desk.open(scope, ticketId);
    return { ticket: await findTicket(scope.fresh(), ticketId) };
  }

  @Mutation(() => TicketLinkPayload, { description: 'Takes the link back: it opens nothing any more, also where it is open now.' })
  @ReturnsUserErrors()
  async ticketLinkRevoke(
    @Arg('input', () => TicketLinkInput) { ticketId }: TicketLinkInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketLinkPayload>> {
    await this.desk.revoke(scope, ticketId);
    return { ticket: await findTicket(scope.fresh(), ticketId) };
  }
}
