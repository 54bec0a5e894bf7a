import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { connectionTypes } from '../../../graphql/connection.ts';
import { UserError, userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import type { WorkAttempt } from '../../../platform/work/work-attempt.entity.ts';

/** The names of the workers whose items belong to a workspace. */
export const FailedJobKind = {
  EMAIL: 'EMAIL',
  PUSH: 'PUSH',
  EMAIL_NOTIFICATION: 'EMAIL_NOTIFICATION',
  PUSH_NOTIFICATION: 'PUSH_NOTIFICATION',
  SLA_CLOCK: 'SLA_CLOCK',
  SLA_REAPPLY: 'SLA_REAPPLY',
  TICKET_LIFECYCLE: 'TICKET_LIFECYCLE',
  BULK_ACTION: 'BULK_ACTION',
  OTHER: 'OTHER',
} as const;
export type FailedJobKind = (typeof FailedJobKind)[keyof typeof FailedJobKind];

registerEnumType(FailedJobKind, {
  name: 'FailedJobKind',
  description:
    'EMAIL, PUSH: could not be sent. EMAIL_NOTIFICATION, PUSH_NOTIFICATION: could not be composed. TICKET_LIFECYCLE: automatic closing and reminders.',
});

@ObjectType('FailedJob', { description: 'Background work that was given up after five attempts.' })
export class FailedJobType implements Pick<WorkAttempt, 'id' | 'error' | 'attempts'> {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: 'The last error, in English.' }) error!: string;
  @Field(() => Int) attempts!: number;
}

export const FailedJobConnection = connectionTypes('FailedJob', () => FailedJobType);

@InputType()
export class FailedJobInput {
  @Field(() => ID) failedJobId!: string;
}

@ObjectType('FailedJobNotFound', { implements: UserError })
class FailedJobNotFoundType extends UserError {}

const FailedJobError = userErrorUnion('FailedJobError', [FailedJobNotFoundType]);

@ObjectType()
export class FailedJobRetryPayload {
  @Field(() => ID, { nullable: true }) retriedId?: string;
  @Field(() => [FailedJobError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class FailedJobDiscardPayload {
  @Field(() => ID, { nullable: true }) discardedId?: string;
  @Field(() => [FailedJobError]) userErrors!: UserErrorData[];
}
