import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { connection, connectionTypes, type Connection } from '../../../graphql/connection.ts';
import { following, type Context } from '../../../graphql/context.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import { IdempotencyKeyReusedType, ReturnsUserErrors, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import { ContactsDifferType, ContactType, NewContactInput } from '../../contacts/api/index.ts';
import { contactById, type Contact } from '../../contacts/index.ts';
import { ReferenceNotFoundType, TicketNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { Channel, type Conversation, type Message } from '../conversation.entity.ts';
import { conversationCursors, conversationsOf, findConversation, followConversations, listConversations } from '../find-conversations.ts';
import { countMessages, messageCursors, lastMessageIn, messagesIn } from '../find-messages.ts';
import {
  closeConversation,
  linkConversation,
  openConversation,
  receiveInConversation,
  replyInConversation,
  unlinkConversation,
} from '../open-conversation.ts';
import { MessageConnection, MessageMeanwhileType, MessageType, NoClientType, SenderBlockedType } from './message.type.ts';

@ObjectType('Conversation', { description: 'One thread with one client on one channel. A ticket is made for it, never of it.' })
export class ConversationType implements Pick<Conversation, 'id' | 'channel' | 'createdAt' | 'lastMessageAt' | 'closedAt'> {
  @Field(() => ID) id!: string;
  @Field(() => Channel) channel!: Channel;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date) lastMessageAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When nothing more was to be done in it.' }) closedAt!: Date | null;
}

const ConversationConnection = connectionTypes('Conversation', () => ConversationType);

@InputType()
class ConversationOpenInput {
  @Field(() => ID, { nullable: true }) contactId?: string | null;
  @Field(() => NewContactInput, {
    nullable: true,
    description: 'A customer: the known one with this address, else the one with this external ID, else a new one.',
  })
  newContact?: NewContactInput | null;
  @Field(() => String, { description: 'HTML: what the client said first.' }) body!: string;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
class ConversationMessageInput {
  @Field(() => Int, {
    nullable: true,
    description: 'For conversationReply: the version that you saw. The reply is held if a newer message of others exists.',
  })
  seenVersion?: number | null;
  @Field(() => ID) conversationId!: string;
  @Field(() => String, { description: 'HTML.' }) body!: string;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
class ConversationLinkInput {
  @Field(() => ID) conversationId!: string;
  @Field(() => ID) ticketId!: string;
}

@InputType()
class ConversationUnlinkInput {
  @Field(() => ID) conversationId!: string;
}

@InputType()
class ConversationCloseInput {
  @Field(() => ID) conversationId!: string;
}

@ObjectType('ConversationNotFound', { implements: UserError })
export class ConversationNotFoundType extends UserError {}

@ObjectType('ConversationLinked', { implements: UserError, description: 'It is a ticket’s already: go on there.' })
export class ConversationLinkedType extends UserError {
  @Field(() => ID) ticketId!: string;
}

@ObjectType('ConversationOfAnother', { implements: UserError, description: 'The ticket is for another client.' })
export class ConversationOfAnotherType extends UserError {}

@ObjectType('ConversationOfTicket', { implements: UserError, description: 'It was begun on its ticket. Split the ticket instead.' })
class ConversationOfTicketType extends UserError {}

const ConversationError = userErrorUnion('ConversationError', [
  ContactsDifferType,
  ConversationLinkedType,
  ConversationNotFoundType,
  ConversationOfAnotherType,
  ConversationOfTicketType,
  IdempotencyKeyReusedType,
  MessageMeanwhileType,
  NoClientType,
  ReferenceNotFoundType,
  SenderBlockedType,
  TicketNotFoundType,
]);

@ObjectType()
class ConversationPayload {
  @Field(() => ConversationType, { nullable: true }) conversation?: Conversation | null;
  @Field(() => [ConversationError]) userErrors!: UserErrorData[];
}

@Resolver(() => TicketType)
export class TicketConversationsResolver {
  @FieldResolver(() => [ConversationType], { description: 'In the order in which they began.' })
  async conversations(@Root() { id }: Ticket, @Ctx() { scope }: Context): Promise<readonly Conversation[]> {
    return conversationsOf(scope, id);
  }
}

@Resolver(() => ConversationType)
export class ConversationResolver {
  @Query(() => ConversationConnection, {
    description: 'Those without a ticket that are not done, the one in which something was said last first. At most 100 a page.',
  })
  async conversations(
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Arg('all', () => Boolean, { defaultValue: false, description: 'Also those that are done, and those of tickets that you see.' })
    all: boolean,
    @Arg('contactId', () => ID, { nullable: true, description: 'Of this customer alone.' }) contactId: string | null | undefined,
    @Ctx() { scope }: Context,
  ): Promise<Connection<Conversation>> {
    const { conversations, hasNext } = await listConversations(scope, { first, after: after ?? null, all, contactId });
    return connection(conversations, conversationCursors.of, { next: hasNext, previous: after != null });
  }

  @Query(() => ConversationType, { nullable: true })
  conversation(@Arg('id', () => ID) id: string, @Ctx() { scope }: Context): Promise<Conversation | null> {
    return findConversation(scope, id);
  }

  @FieldResolver(() => ContactType)
  contact(@Root() { contactId }: Conversation, @Ctx() { scope }: Context): Promise<Contact | null> {
    return scope.load(contactById, contactId);
  }

  @FieldResolver(() => TicketType, { nullable: true })
  async ticket(@Root() { ticketId }: Conversation, @Ctx() { scope }: Context): Promise<Ticket | null> {
    return ticketId === null ? null : findTicket(scope, ticketId);
  }

  @FieldResolver(() => Int, { description: 'Grows with every message. What to send as `seenVersion` with a reply.' })
  version(@Root() conversation: Conversation, @Ctx() { scope }: Context): Promise<number> {
    return countMessages(scope, conversation);
  }

  @FieldResolver(() => MessageType, { nullable: true })
  lastMessage(@Root() conversation: Conversation, @Ctx() { scope }: Context): Promise<Message | null> {
    return lastMessageIn(scope, conversation);
  }

  @FieldResolver(() => MessageConnection, { description: 'Oldest first, at most 100 a page.' })
  async messages(
    @Root() { id }: Conversation,
    @Arg('last', () => Int, { defaultValue: 50 }) last: number,
    @Arg('before', () => String, { nullable: true }) before: string | null | undefined,
    @Ctx() { scope }: Context,
  ): Promise<Connection<Message>> {
    const page = await messagesIn(scope, [id], last, before ?? null);
    return connection(page.messages, messageCursors.of, { previous: page.hasOlder });
  }

  @Mutation(() => ConversationPayload, { description: 'A client begins to talk, as a program brings it.' })
  @ReturnsUserErrors()
  async conversationOpen(
    @Arg('input', () => ConversationOpenInput) { idempotencyKey: key, ...input }: ConversationOpenInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ConversationPayload>> {
    const id = await once(
      scope,
      { key, operation: 'conversationOpen', payload: input },
      async (tx) => (await openConversation(tx, input)).id,
    );
    return { conversation: await findConversation(scope.fresh(), id) };
  }

  @Mutation(() => ConversationPayload, { description: 'What the client says further, as a program brings it. Opens again what was done.' })
  @ReturnsUserErrors()
  async conversationReceive(
    @Arg('input', () => ConversationMessageInput) { idempotencyKey: key, ...input }: ConversationMessageInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ConversationPayload>> {
    await once(scope, { key, operation: 'conversationReceive', payload: input }, async (tx) => (await receiveInConversation(tx, input)).id);
    return { conversation: await findConversation(scope.fresh(), input.conversationId) };
  }

  @Mutation(() => ConversationPayload, { description: 'Answers the client where there is no ticket.' })
  @ReturnsUserErrors()
  async conversationReply(
    @Arg('input', () => ConversationMessageInput) { idempotencyKey: key, ...input }: ConversationMessageInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ConversationPayload>> {
    await once(scope, { key, operation: 'conversationReply', payload: input }, async (tx) => (await replyInConversation(tx, input)).id);
    return { conversation: await findConversation(scope.fresh(), input.conversationId) };
  }

  @Mutation(() => ConversationPayload, {
    description: 'Makes it a ticket’s: what was said stands there, and replies leave by its channel.',
  })
  @ReturnsUserErrors()
  async conversationLink(
    @Arg('input', () => ConversationLinkInput) input: ConversationLinkInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ConversationPayload>> {
    const { id } = await linkConversation(scope, input);
    return { conversation: await findConversation(scope.fresh(), id) };
  }

  @Mutation(() => ConversationPayload, {
    description: 'Takes it away from its ticket: it stands among those without one again. Only what a program brought can be taken away.',
  })
  @ReturnsUserErrors()
  async conversationUnlink(
    @Arg('input', () => ConversationUnlinkInput) { conversationId }: ConversationUnlinkInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ConversationPayload>> {
    const { id } = await unlinkConversation(scope, conversationId);
    return { conversation: await findConversation(scope.fresh(), id) };
  }

  @Mutation(() => ConversationPayload, { description: 'Nothing more is to be done in it, until the client writes again.' })
  @ReturnsUserErrors()
  async conversationClose(
    @Arg('input', () => ConversationCloseInput) { conversationId }: ConversationCloseInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ConversationPayload>> {
    const { id } = await closeConversation(scope, conversationId);
    return { conversation: await findConversation(scope.fresh(), id) };
  }

  @Subscription(() => ConversationType, {
    nullable: true,
    description:
      'Each conversation that begins, goes on, is done or becomes a ticket’s; null at the start, and for one that you do not see.',
    subscribe: following(() => followConversations()),
  })
  conversationChanged(@Root() id: string, @Ctx() { scope }: Context): Promise<Conversation | null> {
    return findConversation(scope, id);
  }
}
