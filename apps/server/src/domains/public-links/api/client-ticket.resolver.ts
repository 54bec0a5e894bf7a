import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  Float,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
  registerEnumType,
} from 'type-graphql';
import { following, type Context } from '../../../graphql/context.ts';
import {
  ClientFieldKind,
  clientFields,
  clientHistory,
  clientMessages,
  clientTicket,
  ClientTicketState,
  followClientTicket,
  giveClientRating,
  sendClientMessage,
  type ClientMessage,
  type ClientMessageFile,
  type ClientMessageOutcome,
  type ClientRatingOutcome,
  type ClientTicket,
  type ClientTicketEvent,
  type ClientTicketField,
} from '../client-ticket.ts';
import { clientRating, type OwnRating } from '../../ratings/index.ts';
import { recordVisit } from '../record-visit.ts';
import type { LinkDesk } from '../share-ticket.ts';

registerEnumType(ClientTicketState, { name: 'ClientTicketState', description: 'How far a ticket is, in the words that clients know.' });

registerEnumType(ClientFieldKind, { name: 'ClientFieldKind', description: 'How what is in a field is shown.' });

@ObjectType('ClientTicketEvent', { description: 'When a ticket came into a state.' })
class ClientTicketEventType {
  @Field(() => ClientTicketState) state!: ClientTicketState;
  @Field(() => Date) at!: Date;
}

@ObjectType('ClientMessageFile', { description: 'A file of a message; GET /client/files/ID answers its content to whoever has the link.' })
class ClientMessageFileType implements ClientMessageFile {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => String) type!: string;
  @Field(() => Float, { description: 'In bytes.' }) size!: number;
}

@ObjectType('ClientMessage', { description: 'Something that was said, by the client or to them.' })
class ClientMessageType {
  @Field(() => ID) id!: string;
  @Field(() => Boolean, { description: 'Whether the client said it.' }) mine!: boolean;
  @Field(() => String, { description: 'HTML of a small, safe set of tags.' }) body!: string;
  @Field(() => Date) at!: Date;
  @Field(() => [ClientMessageFileType]) files!: ClientMessageFile[];
}

@InputType()
class ClientMessageSendInput {
  @Field(() => ID, { description: 'A UUID of your choice: sent twice, it is one message.' }) id!: string;
  @Field(() => String, { description: 'Plain text.' }) text!: string;
  @Field(() => [ID], {
    nullable: true,
    description: 'Of files that were uploaded for it (POST /client/files?messageId=…&name=…). At most 20.',
  })
  fileIds?: string[] | null;
}

@ObjectType()
class ClientMessageSendPayload {
  @Field(() => Boolean) sent!: boolean;
  @Field(() => String, { nullable: true, description: 'Why it was not sent.' }) refusal!: string | null;
  @Field(() => String, { nullable: true, description: 'The link of the ticket that was made for it: this one was closed too long ago.' })
  followUpUrl!: string | null;
}

@ObjectType('ClientRating', { description: 'How the client found that they were served.' })
class ClientRatingType implements OwnRating {
  @Field(() => Int, { nullable: true, description: '1 to 5; null while nothing was said.' }) score!: number | null;
  @Field(() => String) comment!: string;
}

@InputType()
class ClientRatingInput {
  @Field(() => Int, { description: '1 to 5.' }) score!: number;
  @Field(() => String, { nullable: true, description: 'Plain text.' }) comment?: string | null;
}

@ObjectType()
class ClientRatingPayload {
  @Field(() => ClientRatingType, { nullable: true }) rating!: OwnRating | null;
  @Field(() => String, { nullable: true, description: 'Why it was not taken.' }) refusal!: string | null;
}

@ObjectType('ClientTicketField', { description: 'What the ticket has in a field that its desk shows to clients.' })
class ClientTicketFieldType implements ClientTicketField {
  @Field(() => String) name!: string;
  @Field(() => ClientFieldKind) kind!: ClientFieldKind;
  @Field(() => [String], {
    description: 'Choices by their names, check boxes as true or false, days as 2026-03-29, instants in UTC; else as it was written.',
  })
  values!: readonly string[];
}

@ObjectType('ClientTicket', { description: 'A ticket as its client sees it. Of notes, members and other tickets there is nothing here.' })
class ClientTicketType {
  @Field(() => String, { description: 'The name of the desk that works on it.' }) workspace!: string;
  @Field(() => String, { nullable: true, description: 'The language of the customer, en or uk; null where none is set.' }) locale!:
    string | null;
  @Field(() => Int) number!: number;
  @Field(() => String) subject!: string;
  @Field(() => ClientTicketState) state!: ClientTicketState;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date) stateSince!: Date;
  @Field(() => Date, { nullable: true, description: 'The link opens nothing after this; null while the ticket is not closed.' })
  readableUntil!: Date | null;
}

/** All that clients may ask: a schema of its own, with the token of the link in place of a person. */
@Resolver(() => ClientTicketType)
export class ClientTicketResolver {
  constructor(private readonly links: LinkDesk) {}

  @Query(() => ClientTicketType, { nullable: true, description: 'The ticket of the link; null once the link opens nothing.' })
  async ticket(@Ctx() { scope }: Context): Promise<ClientTicket | null> {
    const { ticketId } = scope.viewer;
    if (ticketId === undefined) return null;
    await recordVisit(scope);
    return clientTicket(scope, ticketId);
  }

  @Subscription(() => ClientTicketType, {
    nullable: true,
    description: 'The ticket now, and whenever something that a client sees became another.',
    subscribe: following(async ({ context: { scope } }: { context: Context }) => {
      await recordVisit(scope);
      return followClientTicket(scope.viewer.ticketId ?? '');
    }),
  })
  ticketChanged(@Root() { ticketId }: { ticketId: string }, @Ctx() { scope }: Context): Promise<ClientTicket | null> {
    return clientTicket(scope, ticketId);
  }

  @FieldResolver(() => [ClientMessageType], { description: 'What was said, oldest first; the newest 200.' })
  messages(@Root() { ticketId }: ClientTicket, @Ctx() { scope }: Context): Promise<ClientMessage[]> {
    return clientMessages(scope, ticketId);
  }

  @Mutation(() => ClientMessageSendPayload, { description: 'Writes to the desk. It may open the ticket again.' })
  messageSend(
    @Arg('input', () => ClientMessageSendInput) input: ClientMessageSendInput,
    @Ctx() { scope }: Context,
  ): Promise<ClientMessageOutcome> {
    return sendClientMessage(this.links, scope, input);
  }

  @FieldResolver(() => [ClientTicketFieldType], { description: 'Those that are filled in, in their order.' })
  fields(
    @Root() { ticketId }: ClientTicket,
    @Arg('locale', () => String, { defaultValue: 'en', description: 'en or uk.' }) locale: string,
    @Ctx() { scope }: Context,
  ): Promise<ClientTicketField[]> {
    return clientFields(scope, ticketId, locale);
  }

  @FieldResolver(() => ClientRatingType, { nullable: true, description: 'Null while there is nothing to rate.' })
  rating(@Root() { ticketId }: ClientTicket, @Ctx() { scope }: Context): Promise<OwnRating | null> {
    return clientRating(scope, ticketId);
  }

  @Mutation(() => ClientRatingPayload, { description: 'Says how you were served; said again, it is what you say then.' })
  ratingGive(@Arg('input', () => ClientRatingInput) input: ClientRatingInput, @Ctx() { scope }: Context): Promise<ClientRatingOutcome> {
    return giveClientRating(scope, input);
  }

  @FieldResolver(() => [ClientTicketEventType], { description: 'How the state became others, oldest first.' })
  history(@Root() { ticketId }: ClientTicket, @Ctx() { scope }: Context): Promise<ClientTicketEvent[]> {
    return clientHistory(scope, ticketId);
  }
}
