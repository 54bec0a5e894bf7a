import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import { IdempotencyKeyReusedType, ReturnsUserErrors, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import { TicketNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { linkedTickets, type LinkedTicket } from '../find-links.ts';
import { LinkRole } from '../link.entity.ts';
import { linkTickets, unlinkTickets } from '../link-tickets.ts';

registerEnumType(LinkRole, { name: 'LinkRole', description: 'What another ticket is to this one.' });

@ObjectType('LinkedTicket', { description: 'Another ticket, and what it is to this one. Each side shows the other.' })
class LinkedTicketType implements Pick<LinkedTicket, 'linkId' | 'role'> {
  @Field(() => ID) linkId!: string;
  @Field(() => LinkRole) role!: LinkRole;
}

@InputType()
class LinkAddInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => ID) otherId!: string;
  @Field(() => LinkRole, { description: 'What the other is to the ticket.' }) role!: LinkRole;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
class LinkRemoveInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => ID) linkId!: string;
}

@ObjectType('LinkRefused', { implements: UserError })
export class LinkRefusedType extends UserError {}

@ObjectType('LinkNotFound', { implements: UserError })
class LinkNotFoundType extends UserError {}

const LinkAddError = userErrorUnion('LinkAddError', [IdempotencyKeyReusedType, TicketNotFoundType, LinkRefusedType]);
const LinkRemoveError = userErrorUnion('LinkRemoveError', [TicketNotFoundType, LinkNotFoundType]);

@ObjectType()
class LinkAddPayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [LinkAddError]) userErrors!: UserErrorData[];
}

@ObjectType()
class LinkRemovePayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [LinkRemoveError]) userErrors!: UserErrorData[];
}

@Resolver(() => TicketType)
export class LinkResolver {
  @FieldResolver(() => [LinkedTicketType], { description: 'Those that you see.' })
  links(@Root() { id }: Ticket, @Ctx() { scope }: Context): Promise<LinkedTicket[]> {
    return linkedTickets(scope, id);
  }

  @Mutation(() => LinkAddPayload, { description: 'Says that two tickets have to do with each other.' })
  @ReturnsUserErrors()
  async linkAdd(
    @Arg('input', () => LinkAddInput) { idempotencyKey: key, ...input }: LinkAddInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<LinkAddPayload>> {
    const id = await once(scope, { key, operation: 'linkAdd', payload: input }, async (tx) => {
      await linkTickets(tx, input);
      return input.ticketId;
    });
    return { ticket: await findTicket(scope.fresh(), id) };
  }

  @Mutation(() => LinkRemovePayload)
  @ReturnsUserErrors()
  async linkRemove(
    @Arg('input', () => LinkRemoveInput) input: LinkRemoveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<LinkRemovePayload>> {
    await unlinkTickets(scope, input);
    return { ticket: await findTicket(scope.fresh(), input.ticketId) };
  }
}

@Resolver(() => LinkedTicketType)
export class LinkedTicketResolver {
  @FieldResolver(() => TicketType)
  ticket(@Root() { ticket }: LinkedTicket): Ticket {
    return ticket;
  }
}
