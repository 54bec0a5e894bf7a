import { Arg, Ctx, Field, FieldResolver, Float, ID, InputType, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import { IdempotencyKeyReusedType, ReturnsUserErrors, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import { MessageType } from '../../conversations/api/index.ts';
import type { Message } from '../../conversations/index.ts';
import { MemberType } from '../../identity/api/index.ts';
import { memberById, type Member } from '../../identity/index.ts';
import { NoteType } from '../../notes/api/index.ts';
import type { Note } from '../../notes/index.ts';
import { TicketNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import type { Attachment } from '../attachment.entity.ts';
import { addFiles, removeFile } from '../claim-files.ts';
import { filesOf, filesOfDraft, filesOfTicket } from '../find-files.ts';

@ObjectType('Attachment', { description: 'A file. POST /files takes one in.' })
class AttachmentType implements Pick<Attachment, 'id' | 'name' | 'type' | 'size' | 'createdAt'> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => String, { description: 'Its MIME type, as its content says.' }) type!: string;
  @Field(() => Float, { description: 'In bytes.' }) size!: number;
  @Field(() => Date) createdAt!: Date;
}

@InputType()
class TicketFileAddInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => [ID], { description: 'Of files that you uploaded for this ticket.' }) attachmentIds!: string[];
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
class FileRemoveInput {
  @Field(() => ID) attachmentId!: string;
}

const TicketFileError = userErrorUnion('TicketFileError', [IdempotencyKeyReusedType, TicketNotFoundType]);

@ObjectType()
class TicketFilePayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [TicketFileError]) userErrors!: UserErrorData[];
}

@Resolver(() => AttachmentType)
export class AttachmentResolver {
  @FieldResolver(() => String, { description: 'Where its content is read, with the same sign-in or token as this answer.' })
  url(@Root() { id, name }: Attachment): string {
    return `/files/${id}/${encodeURIComponent(name)}`;
  }

  @FieldResolver(() => MemberType, { nullable: true, description: 'Null for a client.' })
  uploadedBy(@Root() { uploadedById }: Attachment, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, uploadedById);
  }

  @Query(() => [AttachmentType], { description: 'What you added to a draft of yours and have not sent.' })
  draftAttachments(@Arg('draftId', () => ID) draftId: string, @Ctx() { scope }: Context): Promise<Attachment[]> {
    return filesOfDraft(scope, draftId);
  }

  @Mutation(() => TicketFilePayload, { description: 'Makes files that you uploaded part of the ticket itself. Clients do not see them.' })
  @ReturnsUserErrors()
  async ticketFileAdd(
    @Arg('input', () => TicketFileAddInput) { idempotencyKey: key, ...input }: TicketFileAddInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketFilePayload>> {
    const { ticketId, attachmentIds } = input;
    const id = await once(
      scope,
      { key, operation: 'ticketFileAdd', payload: input },
      async (tx) => (await addFiles(tx, ticketId, attachmentIds)).id,
    );
    return { ticket: await findTicket(scope.fresh(), id) };
  }

  @Mutation(() => TicketFilePayload, { description: 'Takes away a file that you have not sent, or one of the ticket itself.' })
  @ReturnsUserErrors()
  async fileRemove(
    @Arg('input', () => FileRemoveInput) { attachmentId }: FileRemoveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TicketFilePayload>> {
    const ticket = await removeFile(scope, attachmentId);
    return { ticket: ticket && (await findTicket(scope.fresh(), ticket.id)) };
  }
}

@Resolver(() => NoteType)
export class NoteFilesResolver {
  @FieldResolver(() => [AttachmentType])
  attachments(@Root() { id }: Note, @Ctx() { scope }: Context): Promise<readonly Attachment[]> {
    return filesOf(scope, id);
  }
}

@Resolver(() => MessageType)
export class MessageFilesResolver {
  @FieldResolver(() => [AttachmentType])
  attachments(@Root() { id }: Message, @Ctx() { scope }: Context): Promise<readonly Attachment[]> {
    return filesOf(scope, id);
  }
}

@Resolver(() => TicketType)
export class TicketFilesResolver {
  @FieldResolver(() => [AttachmentType], { description: 'Of the ticket itself; notes and messages have their own.' })
  attachments(@Root() { id }: Ticket, @Ctx() { scope }: Context): Promise<readonly Attachment[]> {
    return filesOfTicket(scope, id);
  }
}
