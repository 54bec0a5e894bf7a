import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import { IdempotencyKeyReusedType, ReturnsUserErrors, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import { MemberType } from '../../identity/api/index.ts';
import { memberById, type Member } from '../../identity/index.ts';
import { TicketNotFoundType, TicketType } from '../../tickets/api/index.ts';
import { findTicket, type Ticket } from '../../tickets/index.ts';
import { recordTime, removeTime, timeOf } from '../record-time.ts';
import type { TimeEntry } from '../time-entry.entity.ts';

@ObjectType('TimeEntry', { description: 'Time that somebody spent on a ticket.' })
class TimeEntryType implements Pick<TimeEntry, 'id' | 'minutes' | 'comment' | 'createdAt'> {
  @Field(() => ID) id!: string;
  @Field(() => Int) minutes!: number;
  @Field(() => String) comment!: string;
  @Field(() => Date) createdAt!: Date;
}

@InputType()
class TimeRecordInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => Int, { description: '1 to 1440.' }) minutes!: number;
  @Field(() => String, { nullable: true }) comment?: string | null;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
class TimeRemoveInput {
  @Field(() => ID) entryId!: string;
}

@ObjectType('TimeEntryNotFound', { implements: UserError })
class TimeEntryNotFoundType extends UserError {}

const TimeError = userErrorUnion('TimeError', [IdempotencyKeyReusedType, TicketNotFoundType, TimeEntryNotFoundType]);

@ObjectType()
class TimePayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [TimeError]) userErrors!: UserErrorData[];
}

@Resolver(() => TicketType)
export class TicketTimeResolver {
  @FieldResolver(() => [TimeEntryType], { nullable: true, description: 'The first first. Null = it is not yours to know.' })
  timeEntries(@Root() { id }: Ticket, @Ctx() { scope }: Context): Promise<readonly TimeEntry[] | null> {
    return timeOf(scope, id);
  }

  @FieldResolver(() => Int, { nullable: true, description: 'By everybody together. Null = it is not yours to know.' })
  async minutesSpent(@Root() { id }: Ticket, @Ctx() { scope }: Context): Promise<number | null> {
    const entries = await timeOf(scope, id);
    return entries && entries.reduce((sum, { minutes }) => sum + minutes, 0);
  }
}

@Resolver(() => TimeEntryType)
export class TimeEntryResolver {
  @FieldResolver(() => MemberType, { nullable: true })
  member(@Root() { memberId }: TimeEntry, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, memberId);
  }

  @FieldResolver(() => Boolean, { description: 'Whether it was noted with a note or a reply.' })
  withText(@Root() { ownerId }: TimeEntry): boolean {
    return ownerId !== null;
  }

  @Mutation(() => TimePayload)
  @ReturnsUserErrors()
  async timeRecord(
    @Arg('input', () => TimeRecordInput) { idempotencyKey: key, ...input }: TimeRecordInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TimePayload>> {
    const id = await once(scope, { key, operation: 'timeRecord', payload: input }, async (tx) => (await recordTime(tx, input)).id);
    return { ticket: await findTicket(scope.fresh(), id) };
  }

  @Mutation(() => TimePayload, { description: 'Takes an entry of yours away.' })
  @ReturnsUserErrors()
  async timeRemove(
    @Arg('input', () => TimeRemoveInput) { entryId }: TimeRemoveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<TimePayload>> {
    const { id } = await removeTime(scope, entryId);
    return { ticket: await findTicket(scope.fresh(), id) };
  }
}
