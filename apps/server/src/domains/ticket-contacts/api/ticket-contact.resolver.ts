import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { ContactType } from '../../contacts/api/index.ts';
import type { Contact } from '../../contacts/index.ts';
import { ReferenceNotFoundType, TicketNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { addTicketContact, removeTicketContact } from '../concern-contact.ts';
import { contactsOfTicket, ticketsConcerning } from '../find-ticket-contacts.ts';

@InputType()
class TicketContactInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => ID) contactId!: string;
}

const TicketContactError = userErrorUnion('TicketContactError', [TicketNotFoundType, ReferenceNotFoundType]);

@ObjectType()
class TicketContactPayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [TicketContactError]) userErrors!: UserErrorData[];
}

@Resolver(() => TicketType)
export class TicketContactResolver {
  @FieldResolver(() => [ContactType], { description: 'Whom it concerns too, beside the client it is for. At most 50.' })
  contacts(@Root() ticket: Ticket, @Ctx() { scope }: Context): Promise<Contact[]> {
    return contactsOfTicket(scope, ticket);
  }

  @Mutation(() => TicketContactPayload)
  @ReturnsUserErrors()
  async ticketContactAdd(
    @Arg('input', () => TicketContactInput) input: TicketContactInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketContactPayload>> {
    const { id } = await addTicketContact(scope, input);
    return { ticket: await findTicket(scope.fresh(), id) };
  }

  @Mutation(() => TicketContactPayload)
  @ReturnsUserErrors()
  async ticketContactRemove(
    @Arg('input', () => TicketContactInput) input: TicketContactInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketContactPayload>> {
    const { id } = await removeTicketContact(scope, input);
    return { ticket: await findTicket(scope.fresh(), id) };
  }
}

@Resolver(() => ContactType)
export class ConcernedContactResolver {
  @FieldResolver(() => [TicketType], { description: 'Tickets of others that concern them too, of the 50 newest those that you see.' })
  concernedBy(@Root() { id }: Contact, @Ctx() { scope }: Context): Promise<Ticket[]> {
    return ticketsConcerning(scope, id);
  }
}
