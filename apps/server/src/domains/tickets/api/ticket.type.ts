import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Priority, StatusCategory, TicketSource } from '@baton/rules';
import '../../../graphql/enums.ts';
import { Node } from '../../../graphql/node.ts';
import { UserError } from '../../../graphql/user-error.ts';
import { WaitingOn, type Status, type Tag, type Topic } from '../status.entity.ts';
import type { Ticket } from '../ticket.entity.ts';

registerEnumType(TicketSource, { name: 'TicketSource' });
registerEnumType(WaitingOn, { name: 'WaitingOn' });

@ObjectType({ description: 'A name in one language.' })
export class LocalizedName {
  @Field(() => String) locale!: string;
  @Field(() => String) text!: string;
}

@InputType({ description: 'A name in one language.' })
export class LocalizedNameInput implements LocalizedName {
  @Field(() => String, { description: 'en or uk.' }) locale!: string;
  @Field(() => String) text!: string;
}

@ObjectType('Status', { simpleResolvers: true, description: 'One of the workspace’s own statuses. Programs ask for its category.' })
export class StatusType implements Pick<Status, 'id' | 'category' | 'color' | 'waitingOn' | 'requiresAssignee' | 'fromIds' | 'version'> {
  @Field(() => Boolean, { description: 'Whether a ticket needs an assignee to come into it.' }) requiresAssignee!: boolean;
  @Field(() => [ID], { description: 'The statuses from which a ticket may come into it; none = any.' }) fromIds!: string[];
  @Field(() => Int) version!: number;
  @Field(() => ID) id!: string;
  @Field(() => StatusCategory) category!: StatusCategory;
  @Field(() => String, { description: 'A colour’s name, such as `blue`.' }) color!: string;
  @Field(() => WaitingOn, { nullable: true }) waitingOn!: WaitingOn | null;
}

@ObjectType('Topic', { simpleResolvers: true, description: 'What tickets are about.' })
export class TopicType implements Pick<Topic, 'id' | 'key' | 'version'> {
  @Field(() => String, { nullable: true, description: 'For API clients and imports. Once set, it never changes.' }) key!:
    string | null | undefined;
  @Field(() => Int) version!: number;
  @Field(() => ID) id!: string;
}

@ObjectType('Tag', { simpleResolvers: true })
export class TagType implements Pick<Tag, 'id' | 'name' | 'version'> {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => Int) version!: number;
}

@ObjectType({ description: 'What you may do with a ticket now.' })
export class TicketPermissions {
  @Field(() => Boolean) edit!: boolean;
  @Field(() => Boolean, { description: 'Assign it to anybody.' }) assign!: boolean;
  @Field(() => Boolean, { description: 'Assign it to yourself.' }) take!: boolean;
  @Field(() => Boolean) writeNotes!: boolean;
  @Field(() => Boolean) watch!: boolean;
  @Field(() => Boolean) delete!: boolean;
}

@ObjectType('Ticket', { simpleResolvers: true, implements: Node, description: 'A unit of work.' })
export class TicketType implements Pick<
  Ticket,
  | 'id'
  | 'number'
  | 'subject'
  | 'description'
  | 'priority'
  | 'source'
  | 'dueAt'
  | 'snoozedUntil'
  | 'statusSince'
  | 'version'
  | 'createdAt'
  | 'updatedAt'
  | 'resolvedAt'
  | 'reopenCount'
> {
  @Field(() => ID) id!: string;
  @Field(() => Int, { description: 'How often it was done and came back.' }) reopenCount!: number;
  @Field(() => Int, { description: 'What people say and search for. Unique in the workspace.' }) number!: number;
  @Field(() => String) subject!: string;
  @Field(() => String, { description: 'HTML of a small, safe set of tags.' }) description!: string;
  @Field(() => Priority) priority!: Priority;
  @Field(() => TicketSource) source!: TicketSource;
  @Field(() => Date, {
    nullable: true,
    description: 'The earliest `dueAt` of its SLA clocks: when a target is or was reached; null while no clock runs.',
  })
  dueAt!: Date | null;
  @Field(() => Date, { description: 'When it came into its status.' }) statusSince!: Date;
  @Field(() => Date, { nullable: true, description: 'Put aside until then; null or past when it is not.' }) snoozedUntil!: Date | null;
  @Field(() => Int, { description: 'Grows with every change; ignore what is not newer.' }) version!: number;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date) updatedAt!: Date;
  @Field(() => Date, { nullable: true }) resolvedAt!: Date | null;
}

@ObjectType('TicketNotFound', { implements: UserError })
export class TicketNotFoundType extends UserError {}

@ObjectType('ReferenceNotFound', { implements: UserError, description: 'An id in the input that names nothing here.' })
export class ReferenceNotFoundType extends UserError {}

@ObjectType('MemberCannotRead', {
  implements: UserError,
  description: 'These members cannot read the ticket, and a mention or watching would not change that.',
})
export class MemberCannotReadType extends UserError {
  @Field(() => [ID]) memberIds!: string[];
}

@ObjectType('StatusMoveRefused', { implements: UserError })
export class StatusMoveRefusedType extends UserError {}

@ObjectType('TicketConflict', { implements: UserError, description: 'Somebody changed the same field first. Nothing was overwritten.' })
export class TicketConflictType extends UserError {
  @Field(() => String, { nullable: true, description: 'The value your edit started from.' }) base!: string | null;
  @Field(() => String, { nullable: true, description: 'The value that stands now.' }) theirs!: string | null;
  @Field(() => String, { nullable: true, description: 'The value you sent.' }) yours!: string | null;
  @Field(() => Date, { nullable: true }) changedAt!: Date | null;
}
