import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Priority } from '@baton/rules';
import { connectionTypes } from '../../../graphql/connection.ts';
import { onceKey } from '../../../graphql/once-key.ts';
import { IdempotencyKeyReusedType, UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { TicketFilterInput, ViewNotFoundType } from '../../views/api/index.ts';
import { BulkOutcome, type BulkAction, type BulkItem, type BulkJob } from '../bulk.entity.ts';

registerEnumType(BulkOutcome, {
  name: 'BulkOutcome',
  description:
    'DONE. UNCHANGED: it was so already. FORBIDDEN, GONE, REFUSED: nothing was done to it, and the message says why. SKIPPED: it was changed since, so it was not undone as a whole. FAILED: an internal error; administrators can start it again.',
});

@ObjectType()
export class BulkCount {
  @Field(() => BulkOutcome) outcome!: BulkOutcome;
  @Field(() => Int) count!: number;
}

@ObjectType('BulkJob', { description: 'Something that is done to many tickets, on the server, a ticket at a time.' })
export class BulkJobType implements Pick<BulkJob, 'id' | 'total' | 'cancelled' | 'createdAt' | 'finishedAt'> {
  @Field(() => ID) id!: string;
  @Field(() => Int, { description: 'How many tickets it is about.' }) total!: number;
  @Field(() => Boolean) cancelled!: boolean;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date, { nullable: true, description: 'Null while it runs.' }) finishedAt!: Date | null;
}

@ObjectType('BulkItem', { description: 'What came of one ticket.' })
export class BulkItemType implements Pick<BulkItem, 'message'> {
  @Field(() => BulkOutcome) outcome!: BulkOutcome;
  @Field(() => String, { description: 'Why not, where it was not done.' }) message!: string;
}

export const BulkItemConnection = connectionTypes('BulkItem', () => BulkItemType);

@InputType({ description: 'What is done to each ticket: everything given, or to that ticket nothing. What is left out stays as it is.' })
export class BulkActionInput implements BulkAction {
  @Field(() => ID, { nullable: true, description: 'Null = nobody.' }) assigneeId?: string | null;
  @Field(() => ID, { nullable: true, description: 'Null = no team.' }) teamId?: string | null;
  @Field(() => Priority, { nullable: true }) priority?: Priority | null;
  @Field(() => ID, { nullable: true }) statusId?: string | null;
  @Field(() => [String], { nullable: true }) addTags?: string[] | null;
  @Field(() => [String], { nullable: true }) removeTags?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether you watch it from then on.' }) watch?: boolean | null;
  @Field(() => String, { nullable: true, description: 'HTML of an internal note that each gets.' }) note?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'True deletes each; they can be restored.' }) delete?: boolean | null;
  @Field(() => ID, { nullable: true, description: 'The ticket that each becomes part of.' }) mergeIntoId?: string | null;
}

@InputType()
export class BulkStartInput {
  @Field(() => [ID], { nullable: true, description: 'At most 1,000.' }) ticketIds?: string[] | null;
  @Field(() => TicketFilterInput, { nullable: true, description: 'Or all that match at this moment, however many.' })
  filter?: TicketFilterInput | null;
  @Field(() => ID, { nullable: true, description: 'Or all that a view holds at this moment.' }) viewId?: string | null;
  @Field(() => BulkActionInput) action!: BulkActionInput;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
export class BulkJobInput {
  @Field(() => ID) jobId!: string;
}

@ObjectType('BulkJobNotFound', { implements: UserError })
class BulkJobNotFoundType extends UserError {}

@ObjectType('BulkRefused', { implements: UserError })
class BulkRefusedType extends UserError {}

const BulkError = userErrorUnion('BulkError', [BulkJobNotFoundType, BulkRefusedType, IdempotencyKeyReusedType, ViewNotFoundType]);

@ObjectType()
export class BulkPayload {
  @Field(() => BulkJobType, { nullable: true }) job?: BulkJob | null;
  @Field(() => [BulkError]) userErrors!: UserErrorData[];
}
