import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { connection, connectionTypes, type Connection } from '../../../graphql/connection.ts';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { MemberType } from '../../identity/api/index.ts';
import { memberById, type Member } from '../../identity/index.ts';
import { TicketNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { deletedCursors, deleteTicket, listDeleted, restoreTicket } from '../delete-ticket.ts';

@ObjectType('DeletedTicket', { description: 'A ticket that nobody sees until it is restored.' })
export class DeletedTicketType implements Pick<Ticket, 'id' | 'number' | 'subject' | 'deletedAt'> {
  @Field(() => ID) id!: string;
  @Field(() => Int) number!: number;
  @Field(() => String) subject!: string;
  @Field(() => Date) deletedAt!: Date;
}

const DeletedTicketConnection = connectionTypes('DeletedTicket', () => DeletedTicketType);

@InputType()
class TicketRefInput {
  @Field(() => ID) ticketId!: string;
}

const TicketDeleteError = userErrorUnion('TicketDeleteError', [TicketNotFoundType]);

@ObjectType()
class TicketDeletePayload {
  @Field(() => ID, { nullable: true }) deletedId?: string;
  @Field(() => [TicketDeleteError]) userErrors!: UserErrorData[];
}

@ObjectType()
class TicketRestorePayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [TicketDeleteError]) userErrors!: UserErrorData[];
}

@Resolver(() => DeletedTicketType)
export class DeletedTicketResolver {
  @Query(() => DeletedTicketConnection, { description: 'What was deleted, the last first, at most 100 a page.' })
  async deletedTickets(
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { scope }: Context,
  ): Promise<Connection<Ticket>> {
    const { tickets, hasNext } = await listDeleted(scope, first, after ?? null);
    return connection(tickets, deletedCursors.of, { next: hasNext, previous: after != null });
  }

  @FieldResolver(() => MemberType, { nullable: true })
  deletedBy(@Root() { deletedById }: Ticket, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, deletedById);
  }

  @Mutation(() => TicketDeletePayload, { description: 'Takes a ticket out of everybody’s sight; ticketRestore brings it back.' })
  @ReturnsUserErrors()
  async ticketDelete(
    @Arg('input', () => TicketRefInput) { ticketId }: TicketRefInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketDeletePayload>> {
    return { deletedId: (await deleteTicket(scope, ticketId)).id };
  }

  @Mutation(() => TicketRestorePayload)
  @ReturnsUserErrors()
  async ticketRestore(
    @Arg('input', () => TicketRefInput) { ticketId }: TicketRefInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketRestorePayload>> {
    const { id } = await restoreTicket(scope, ticketId);
    return { ticket: await findTicket(scope.fresh(), id) };
  }
}
