import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Priority } from '@baton/rules';
import { userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import type { Ticket } from '../ticket.entity.ts';
import { ReferenceNotFoundType, StatusMoveRefusedType, TicketConflictType, TicketNotFoundType, TicketType } from './ticket.type.ts';

@InputType({ description: 'A new text, and the one you started from.' })
export class TextEdit {
  @Field(() => String) from!: string;
  @Field(() => String) to!: string;
}

@InputType({ description: 'A new priority, and the one you started from.' })
export class PriorityEdit {
  @Field(() => Priority) from!: Priority;
  @Field(() => Priority) to!: Priority;
}

@InputType({ description: 'The id of a new choice, and of the one you started from; null for none.' })
export class ChoiceEdit {
  @Field(() => ID, { nullable: true }) from!: string | null;
  @Field(() => ID, { nullable: true }) to!: string | null;
}

@InputType()
export class TicketEditInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => TextEdit, { nullable: true }) subject?: TextEdit | null;
  @Field(() => TextEdit, { nullable: true }) description?: TextEdit | null;
  @Field(() => PriorityEdit, { nullable: true }) priority?: PriorityEdit | null;
  @Field(() => ChoiceEdit, { nullable: true }) topicId?: ChoiceEdit | null;
  @Field(() => ChoiceEdit, { nullable: true }) teamId?: ChoiceEdit | null;
  @Field(() => ChoiceEdit, { nullable: true }) requesterId?: ChoiceEdit | null;
  @Field(() => Boolean, { nullable: true, description: 'True to remove the customer, which makes the ticket internal.' })
  internal?: boolean | null;
}

@InputType()
export class TicketSetStatusInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => ID, { description: 'The status you started from.' }) from!: string;
  @Field(() => ID) to!: string;
}

@InputType()
export class TicketSpamRemoveInput {
  @Field(() => ID) ticketId!: string;
}

@InputType()
export class TicketAssignInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => ID, { nullable: true, description: 'The assignee you started from; null for nobody.' }) from!: string | null;
  @Field(() => ID, { nullable: true, description: 'Null gives it back to nobody.' }) to!: string | null;
}

@InputType()
export class TicketTagInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => [String], { defaultValue: [], description: 'Names. A new one is made.' }) add!: string[];
  @Field(() => [String], { defaultValue: [] }) remove!: string[];
}

@InputType()
export class TicketSnoozeInput {
  @Field(() => ID) ticketId!: string;
  @Field(() => Date, { nullable: true, description: 'When it comes back by itself; null wakes it now.' }) until!: Date | null;
}

const TicketEditError = userErrorUnion('TicketEditError', [TicketNotFoundType, ReferenceNotFoundType, TicketConflictType]);
const TicketSetStatusError = userErrorUnion('TicketSetStatusError', [
  TicketNotFoundType,
  ReferenceNotFoundType,
  TicketConflictType,
  StatusMoveRefusedType,
]);
const TicketSpamRemoveError = userErrorUnion('TicketSpamRemoveError', [TicketNotFoundType]);
const TicketAssignError = userErrorUnion('TicketAssignError', [TicketNotFoundType, ReferenceNotFoundType, TicketConflictType]);
const TicketSnoozeError = userErrorUnion('TicketSnoozeError', [TicketNotFoundType]);
const TicketTagError = userErrorUnion('TicketTagError', [TicketNotFoundType]);

@ObjectType()
export class TicketEditPayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [TicketEditError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class TicketSetStatusPayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [TicketSetStatusError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class TicketSpamRemovePayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [TicketSpamRemoveError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class TicketAssignPayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [TicketAssignError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class TicketTagPayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [TicketTagError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class TicketSnoozePayload {
  @Field(() => TicketType, { nullable: true }) ticket?: Ticket | null;
  @Field(() => [TicketSnoozeError]) userErrors!: UserErrorData[];
}
