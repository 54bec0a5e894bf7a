import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { connectionTypes } from '../../../graphql/connection.ts';
import { Node } from '../../../graphql/node.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import { IdempotencyKeyReusedType, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { MemberCannotReadType, TicketNotFoundType } from '../../tickets/api/index.ts';
import type { Note, NoteVersion } from '../note.entity.ts';

@ObjectType('Note', { implements: Node, description: 'Internal text on a ticket. No client ever sees one.' })
export class NoteType implements Pick<
  Note,
  'id' | 'authorName' | 'body' | 'version' | 'createdAt' | 'editedAt' | 'deletedAt' | 'publishedAt'
> {
  @Field(() => ID) id!: string;
  @Field(() => String) authorName!: string;
  @Field(() => String, { description: 'HTML of a small, safe set of tags; empty once deleted.' }) body!: string;
  @Field(() => Int) version!: number;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date, { nullable: true }) editedAt!: Date | null;
  @Field(() => Date, { nullable: true, description: 'A deleted note leaves this trace.' }) deletedAt!: Date | null;
  @Field(() => Date, { nullable: true, description: 'When it was sent to the client; then it stays as it is.' }) publishedAt!: Date | null;
}

@ObjectType('NoteVersion', { description: 'What a note said before it was edited.' })
export class NoteVersionType implements Pick<NoteVersion, 'version' | 'body' | 'writtenAt'> {
  @Field(() => Int) version!: number;
  @Field(() => String) body!: string;
  @Field(() => Date) writtenAt!: Date;
}

export const NoteConnection = connectionTypes('Note', () => NoteType);

@InputType()
export class NoteAddInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => String, { description: 'HTML. A mention is `<span data-type="mention" data-id="MEMBER_ID">@Name</span>`.' }) body!: string;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
  @Field(() => ID, { nullable: true, description: 'The draft that this is: it ends with the note, and nothing saved late brings it back.' })
  draftId?: string | null;
  @Field(() => Int, {
    nullable: true,
    description:
      'The ticket’s version that you saw. A note that somebody else added since holds yours back, so that you can read it first.',
  })
  seenVersion?: number | null;
  @Field(() => [ID], { nullable: true, description: 'Of files that you uploaded for this ticket (POST /files). At most 20.' })
  attachmentIds?: string[] | null;
  @Field(() => Int, { nullable: true, description: 'How long it took you; 1 to 1440.' }) minutes?: number | null;
}

@InputType()
export class NoteEditInput {
  @Field(() => ID) noteId!: string;
  @Field(() => Int, { description: 'The version you started from.' }) version!: number;
  @Field(() => String) body!: string;
}

@InputType()
export class NoteDeleteInput {
  @Field(() => ID) noteId!: string;
}

@ObjectType('NoteNotFound', { implements: UserError })
export class NoteNotFoundType extends UserError {}

@ObjectType('NotePublished', { implements: UserError, description: 'The client has read it: it stays as it was sent.' })
class NotePublishedType extends UserError {}

@ObjectType('NoteConflict', { implements: UserError, description: 'The note was edited first. Nothing was overwritten.' })
export class NoteConflictType extends UserError {
  @Field(() => ID) noteId!: string;
  @Field(() => String, { description: 'What the note says now.' }) theirs!: string;
}

@ObjectType('NoteMeanwhile', {
  implements: UserError,
  description: 'Somebody else added a note while you wrote. Read it, then send again with the newer version.',
})
class NoteMeanwhileType extends UserError {
  @Field(() => Int, { description: 'What to send as `seenVersion` to add yours all the same.' }) version!: number;
}

const NoteAddError = userErrorUnion('NoteAddError', [
  TicketNotFoundType,
  NoteMeanwhileType,
  MemberCannotReadType,
  IdempotencyKeyReusedType,
]);
const NoteEditError = userErrorUnion('NoteEditError', [NoteNotFoundType, NoteConflictType, NotePublishedType, MemberCannotReadType]);
const NoteDeleteError = userErrorUnion('NoteDeleteError', [NoteNotFoundType, NotePublishedType]);

@ObjectType()
export class NoteAddPayload {
  @Field(() => NoteType, { nullable: true }) note?: Note | null;
  @Field(() => [NoteAddError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class NoteEditPayload {
  @Field(() => NoteType, { nullable: true }) note?: Note | null;
  @Field(() => [NoteEditError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class NoteDeletePayload {
  @Field(() => NoteType, { nullable: true }) note?: Note | null;
  @Field(() => [NoteDeleteError]) userErrors!: UserErrorData[];
}
