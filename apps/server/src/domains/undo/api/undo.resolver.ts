import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import type { EventRecord } from '../../../platform/event-record.entity.ts';
import { ActivityEntryType } from '../../audit/api/index.ts';
import { DeletedTicketType } from '../../lifecycle/api/index.ts';
import { MergeRefusedType, UnmergeRefusedType } from '../../merges/api/index.ts';
import { SplitRefusedType } from '../../splits/api/index.ts';
import { ReferenceNotFoundType, StatusMoveRefusedType, TicketNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { EntryUndo, findDeletion, undoEntry, undoOf } from '../undo-entry.ts';

registerEnumType(EntryUndo, {
  name: 'EntryUndo',
  description: 'What undoing an entry puts back: CHANGES, its own; MERGE and SPLIT, all that was moved; DELETION, the deleted ticket.',
});

@InputType()
class ActivityUndoInput {
  @Field(() => ID) entryId!: string;
}

@ObjectType('EntryNotFound', { implements: UserError })
class EntryNotFoundType extends UserError {}

@ObjectType('UndoRefused', { implements: UserError })
class UndoRefusedType extends UserError {}

const ActivityUndoError = userErrorUnion('ActivityUndoError', [
  EntryNotFoundType,
  MergeRefusedType,
  ReferenceNotFoundType,
  SplitRefusedType,
  StatusMoveRefusedType,
  TicketNotFoundType,
  UndoRefusedType,
  UnmergeRefusedType,
]);

@ObjectType()
class ActivityUndoPayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [ActivityUndoError]) userErrors!: UserErrorData[];
}

@Resolver(() => ActivityEntryType)
export class UndoResolver {
  @FieldResolver(() => EntryUndo, { nullable: true, description: 'Null = it cannot be undone from here.' })
  undo(@Root() entry: EventRecord, @Ctx() { scope }: Context): Promise<EntryUndo | null> {
    return undoOf(scope, entry);
  }

  @Mutation(() => ActivityUndoPayload, {
    description: 'Puts back what an entry of the log tells of; nothing where somebody has changed any of it since.',
  })
  @ReturnsUserErrors()
  async activityUndo(
    @Arg('input', () => ActivityUndoInput) { entryId }: ActivityUndoInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<ActivityUndoPayload>> {
    const ticketId = await undoEntry(scope, entryId);
    return { ticket: await findTicket(scope.fresh(), ticketId) };
  }
}

@Resolver(() => DeletedTicketType)
export class DeletionResolver {
  @FieldResolver(() => ActivityEntryType, { nullable: true, description: 'The log entry of the deletion, which can be undone.' })
  deletion(@Root() { id }: Ticket, @Ctx() { scope }: Context): Promise<EventRecord | null> {
    return findDeletion(scope, id);
  }
}
