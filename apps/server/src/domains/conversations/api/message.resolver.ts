import { Arg, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import { connection, type Connection } from '../../../graphql/connection.ts';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import { draftTopic } from '../../drafts/index.ts';
import { MemberType } from '../../identity/api/index.ts';
import { memberById, type Member } from '../../identity/index.ts';
import { findNote } from '../../notes/index.ts';
import { TicketType } from '../../tickets/api/index.ts';
import type { Ticket } from '../../tickets/index.ts';
import { Channel, type Message } from '../conversation.entity.ts';
import { receiveMessage, sendReply } from '../exchange-messages.ts';
import { publishNote } from '../publish-note.ts';
import { messageCursors, conversationById, findMessage, messagesOf } from '../find-messages.ts';
import {
  MessageConnection,
  MessageReceiveInput,
  MessageReceivePayload,
  MessageType,
  NotePublishInput,
  NotePublishPayload,
  ReplySendInput,
  ReplySendPayload,
} from './message.type.ts';

@Resolver(() => TicketType)
export class TicketMessagesResolver {
  @FieldResolver(() => MessageConnection, { description: 'What was said with the client, oldest first, at most 100 a page.' })
  async messages(
    @Root() ticket: Ticket,
    @Arg('last', () => Int, { defaultValue: 50 }) last: number,
    @Arg('before', () => String, { nullable: true }) before: string | null | undefined,
    @Ctx() { scope }: Context,
  ): Promise<Connection<Message>> {
    const page = await messagesOf(scope, ticket.id, last, before ?? null);
    return connection(page.messages, messageCursors.of, { previous: page.hasOlder });
  }
}

@Resolver(() => MessageType)
export class MessageResolver {
  @FieldResolver(() => MemberType, { nullable: true, description: 'Null for a message of the client.' })
  author(@Root() { authorId }: Message, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, authorId);
  }

  @FieldResolver(() => Channel)
  async channel(@Root() { conversationId }: Message, @Ctx() { scope }: Context): Promise<Channel> {
    return (await scope.load(conversationById, conversationId))?.channel ?? Channel.API;
  }

  @Mutation(() => ReplySendPayload, { description: 'Answers the client.' })
  @ReturnsUserErrors()
  async replySend(
    @Arg('input', () => ReplySendInput) { idempotencyKey: key, ...input }: ReplySendInput,
    @Ctx() { scope, live }: Context,
  ): Promise<Partial<ReplySendPayload>> {
    const { seenVersion: _, ...payload } = input;
    const id = await once(scope, { key, operation: 'replySend', payload }, async (tx) => (await sendReply(tx, input)).id);
    live.desk.announce(scope.workspaceId, draftTopic(scope.viewer.memberId, input.ticketId));
    return { message: await findMessage(scope.fresh(), id) };
  }

  @Mutation(() => NotePublishPayload, {
    description: 'Sends what a note says to the client, as a reply of yours, with its files. It cannot be taken back.',
  })
  @ReturnsUserErrors()
  async notePublish(
    @Arg('input', () => NotePublishInput) input: NotePublishInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<NotePublishPayload>> {
    const { note, message } = await publishNote(scope, input);
    const fresh = scope.fresh();
    return { note: await findNote(fresh, note.id), message: await findMessage(fresh, message.id) };
  }

  @Mutation(() => MessageReceivePayload, {
    description: 'Keeps what the client said, as a program brings it. It opens a ticket again that was done, or begins another.',
  })
  @ReturnsUserErrors()
  async messageReceive(
    @Arg('input', () => MessageReceiveInput) { idempotencyKey: key, ...input }: MessageReceiveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<MessageReceivePayload>> {
    const id = await once(
      scope,
      { key, operation: 'messageReceive', payload: input },
      async (tx) => (await receiveMessage(tx, input)).message.id,
    );
    return { message: await findMessage(scope.fresh(), id) };
  }
}
