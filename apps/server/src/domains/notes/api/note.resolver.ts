import { Arg, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import { connection, type Connection } from '../../../graphql/connection.ts';
import type { Context } from '../../../graphql/context.ts';
import { once } from '../../../platform/once.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import { MemberType } from '../../identity/api/index.ts';
import { draftTopic } from '../../drafts/index.ts';
import { memberById, type Member } from '../../identity/index.ts';
import { TicketType } from '../../tickets/api/index.ts';
import type { Ticket } from '../../tickets/index.ts';
import { noteCursors, findNote, mentionedMembers, notesOf, versionsOf } from '../find-notes.ts';
import type { Note, NoteVersion } from '../note.entity.ts';
import { canEditLive } from '../note.policy.ts';
import { addNote, deleteNote, editNote } from '../write-note.ts';
import {
  NoteAddInput,
  NoteAddPayload,
  NoteConnection,
  NoteDeleteInput,
  NoteDeletePayload,
  NoteEditInput,
  NoteEditPayload,
  NoteType,
  NoteVersionType,
} from './note.type.ts';

@Resolver(() => TicketType)
export class TicketNotesResolver {
  @FieldResolver(() => NoteConnection, {
    nullable: true,
    description: 'Oldest first, at most 100 a page. Null = notes are not yours to read.',
  })
  async notes(
    @Root() ticket: Ticket,
    @Arg('last', () => Int, { defaultValue: 50 }) last: number,
    @Arg('before', () => String, { nullable: true }) before: string | null | undefined,
    @Ctx() { scope }: Context,
  ): Promise<Connection<Note> | null> {
    const page = await notesOf(scope, ticket.id, last, before ?? null);
    return page && connection(page.notes, noteCursors.of, { previous: page.hasOlder });
  }
}

@Resolver(() => NoteType)
export class NoteResolver {
  @FieldResolver(() => MemberType, { nullable: true, description: 'Null for an imported note whose author is no member.' })
  author(@Root() { authorId }: Note, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, authorId);
  }

  @FieldResolver(() => [MemberType])
  mentions(@Root() note: Note, @Ctx() { scope }: Context): Promise<Member[]> {
    return mentionedMembers(scope, note.id);
  }

  @FieldResolver(() => [NoteVersionType], { description: 'What it said before, the latest first; none once it was deleted.' })
  versions(@Root() { id }: Note, @Ctx() { scope }: Context): Promise<readonly NoteVersion[]> {
    return versionsOf(scope, id);
  }

  @FieldResolver(() => Boolean)
  viewerCanEdit(@Root() note: Note, @Ctx() { scope }: Context): boolean {
    return canEditLive(scope.viewer, note);
  }

  @Mutation(() => NoteAddPayload)
  @ReturnsUserErrors()
  async noteAdd(
    @Arg('input', () => NoteAddInput) { idempotencyKey: key, ...input }: NoteAddInput,
    @Ctx() { scope, live }: Context,
  ): Promise<Partial<NoteAddPayload>> {
    const { seenVersion: _, ...payload } = input;
    const id = await once(scope, { key, operation: 'noteAdd', payload }, async (tx) => (await addNote(tx, input)).id);
    live.desk.announce(scope.workspaceId, draftTopic(scope.viewer.memberId, input.ticketId));
    return { note: await findNote(scope.fresh(), id) };
  }

  @Mutation(() => NoteEditPayload)
  @ReturnsUserErrors()
  async noteEdit(@Arg('input', () => NoteEditInput) input: NoteEditInput, @Ctx() { scope }: Context): Promise<Partial<NoteEditPayload>> {
    const { id } = await editNote(scope, input);
    return { note: await findNote(scope.fresh(), id) };
  }

  @Mutation(() => NoteDeletePayload)
  @ReturnsUserErrors()
  async noteDelete(
    @Arg('input', () => NoteDeleteInput) { noteId }: NoteDeleteInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<NoteDeletePayload>> {
    const { id } = await deleteNote(scope, noteId);
    return { note: await findNote(scope.fresh(), id) };
  }
}
