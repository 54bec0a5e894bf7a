import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { connectionTypes } from '../../../graphql/connection.ts';
import { Node } from '../../../graphql/node.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import { IdempotencyKeyReusedType, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { NoteConflictType, NoteNotFoundType, NoteType } from '../../notes/api/index.ts';
import type { Note } from '../../notes/index.ts';
import { ReferenceNotFoundType, StatusMoveRefusedType, TicketNotFoundType } from '../../tickets/api/index.ts';
import { Channel, Direction, type Message } from '../conversation.entity.ts';

registerEnumType(Channel, { name: 'Channel', description: 'LINK: on the public link of the ticket. API: brought by a program.' });
registerEnumType(Direction, { name: 'MessageDirection', description: 'IN: from the client. OUT: to the client.' });

@ObjectType('Message', { implements: Node, description: 'Public text on a ticket: the client reads it. Never changed once sent.' })
export class MessageType implements Pick<Message, 'id' | 'direction' | 'authorName' | 'body' | 'createdAt'> {
  @Field(() => ID) id!: string;
  @Field(() => Direction) direction!: Direction;
  @Field(() => String) authorName!: string;
  @Field(() => String, { description: 'HTML of a small, safe set of tags.' }) body!: string;
  @Field(() => Date) createdAt!: Date;
}

export const MessageConnection = connectionTypes('Message', () => MessageType);

@InputType()
export class ReplySendInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => String, { description: 'HTML.' }) body!: string;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
  @Field(() => ID, {
    nullable: true,
    description: 'The draft that this is: it ends with the reply, and nothing saved late brings it back.',
  })
  draftId?: string | null;
  @Field(() => Int, {
    nullable: true,
    description:
      'The ticket’s version that you saw. What a colleague or the client wrote since holds yours back, so that you can read it first.',
  })
  seenVersion?: number | null;
  @Field(() => ID, { nullable: true, description: 'The status that the ticket has once the reply is out, in the same transaction.' })
  thenStatusId?: string | null;
  @Field(() => [ID], { nullable: true, description: 'Of files that you uploaded for this ticket (POST /files). At most 20.' })
  attachmentIds?: string[] | null;
  @Field(() => Int, { nullable: true, description: 'How long it took you; 1 to 1440.' }) minutes?: number | null;
}

@InputType()
export class MessageReceiveInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => String, { description: 'HTML.' }) body!: string;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@ObjectType('NoClient', { implements: UserError, description: 'The ticket has no client.' })
export class NoClientType extends UserError {}

@ObjectType('SenderBlocked', { implements: UserError, description: 'Nothing is taken from this client.' })
export class SenderBlockedType extends UserError {}

@ObjectType('MessageMeanwhile', {
  implements: UserError,
  description: 'Somebody else replied, or the client wrote, while you wrote. Read it, then send again with the newer version.',
})
export class MessageMeanwhileType extends UserError {
  @Field(() => Int, { description: 'What to send as `seenVersion` to send yours all the same.' }) version!: number;
}

const ReplySendError = userErrorUnion('ReplySendError', [
  TicketNotFoundType,
  NoClientType,
  MessageMeanwhileType,
  IdempotencyKeyReusedType,
  ReferenceNotFoundType,
  StatusMoveRefusedType,
]);
const MessageReceiveError = userErrorUnion('MessageReceiveError', [
  TicketNotFoundType,
  NoClientType,
  IdempotencyKeyReusedType,
  SenderBlockedType,
]);

@InputType()
export class NotePublishInput {
  @Field(() => ID) noteId!: string;
  @Field(() => Int, { description: 'The version of the note that you read.' }) version!: number;
}

const NotePublishError = userErrorUnion('NotePublishError', [
  NoteNotFoundType,
  NoteConflictType,
  NoClientType,
  ReferenceNotFoundType,
  StatusMoveRefusedType,
  TicketNotFoundType,
]);

@ObjectType()
export class NotePublishPayload {
  @Field(() => NoteType, { nullable: true }) note?: Note | null;
  @Field(() => MessageType, { nullable: true }) message?: Message | null;
  @Field(() => [NotePublishError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class ReplySendPayload {
  @Field(() => MessageType, { nullable: true }) message?: Message | null;
  @Field(() => [ReplySendError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class MessageReceivePayload {
  @Field(() => MessageType, { nullable: true }) message?: Message | null;
  @Field(() => [MessageReceiveError]) userErrors!: UserErrorData[];
}
