import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Priority, StatusCategory, type Locale } from '@baton/rules';
import { onceKey } from '../../../graphql/once-key.ts';
import {
  IdempotencyKeyReusedType,
  NameTakenType,
  SettingsConflictType,
  StillInUseType,
  UserError,
  userErrorUnion,
  type UserErrorData,
} from '../../../graphql/user-error.ts';
import { LocalizedName, LocalizedNameInput, ReferenceNotFoundType, StatusType, TagType, TopicType } from '../../tickets/api/index.ts';
import { WaitingOn, type Status, type Tag, type Topic } from '../../tickets/index.ts';
import type { Lifecycle, SaveLifecycle } from '../save-lifecycle.ts';

@ObjectType('SettingNotFound', { implements: UserError })
export class SettingNotFoundType extends UserError {}

export const TicketSettingsError = userErrorUnion('TicketSettingsError', [
  IdempotencyKeyReusedType,
  NameTakenType,
  ReferenceNotFoundType,
  SettingNotFoundType,
  SettingsConflictType,
  StillInUseType,
]);

@InputType()
class TopicWantedInput {
  @Field(() => [LocalizedNameInput]) names!: LocalizedNameInput[];
  @Field(() => ID, { nullable: true, description: 'The topic that it is under.' }) parentId?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'For API clients and imports: 1 to 40 lower-case letters, digits, `_` and `-`, a letter first. Once set, it never changes. Null leaves it.',
  })
  key?: string | null;
}

@InputType()
export class TopicCreateInput extends TopicWantedInput {
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
export class TopicEditInput extends TopicWantedInput {
  @Field(() => ID) topicId!: string;
  @Field(() => Int, { description: 'The version that you opened.' }) version!: number;
}

@InputType()
export class TopicDeleteInput {
  @Field(() => ID) topicId!: string;
}

@InputType()
export class TopicsOrderInput {
  @Field(() => [ID]) topicIds!: string[];
}

@ObjectType()
export class TopicSavePayload {
  @Field(() => TopicType, { nullable: true }) topic?: Topic | null;
  @Field(() => [TicketSettingsError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class TopicsOrderPayload {
  @Field(() => [TopicType], { nullable: true }) topics?: Topic[] | null;
  @Field(() => [TicketSettingsError]) userErrors!: UserErrorData[];
}

@InputType()
class StatusWantedInput {
  @Field(() => [LocalizedNameInput]) names!: LocalizedNameInput[];
  @Field(() => String, { description: 'One of violet, blue, amber, slate, green, gray, red, teal, pink.' }) color!: string;
  @Field(() => WaitingOn, { nullable: true, description: 'Of the category WAITING.' }) waitingOn?: WaitingOn | null;
  @Field(() => Boolean, { defaultValue: false, description: 'Whether a ticket needs an assignee to come into it.' })
  requiresAssignee!: boolean;
  @Field(() => [ID], { defaultValue: [], description: 'The statuses from which a ticket may come into it; none = any.' })
  fromIds!: string[];
}

@InputType()
export class StatusCreateInput extends StatusWantedInput {
  @Field(() => StatusCategory, { description: 'Never changes.' }) category!: StatusCategory;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
export class StatusEditInput extends StatusWantedInput {
  @Field(() => ID) statusId!: string;
  @Field(() => Int, { description: 'The version that you opened.' }) version!: number;
}

@InputType()
export class StatusDeleteInput {
  @Field(() => ID) statusId!: string;
}

@InputType()
export class StatusesOrderInput {
  @Field(() => [ID]) statusIds!: string[];
}

@ObjectType()
export class StatusSavePayload {
  @Field(() => StatusType, { nullable: true }) status?: Status | null;
  @Field(() => [TicketSettingsError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class StatusesOrderPayload {
  @Field(() => [StatusType], { nullable: true }) statuses?: Status[] | null;
  @Field(() => [TicketSettingsError]) userErrors!: UserErrorData[];
}

@ObjectType('Lifecycle', { description: 'What becomes of tickets by itself.' })
export class LifecycleType implements Omit<Lifecycle, 'closeNotices' | 'staleNotices'> {
  @Field(() => Int, { description: 'Days after closing in which a message of the client opens a ticket again.' }) reopenDays!: number;
  @Field(() => Int, { nullable: true, description: 'Days after which a resolved ticket is closed; null = never.' })
  closeAfterDays!: number | null;
  @Field(() => Int, { nullable: true, description: 'Days of waiting after which the assignee is told; null = never.' })
  staleAfterDays!: number | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Days after that until the ticket is closed, of which the client is told; null = never.',
  })
  staleCloseDays!: number | null;
  @Field(() => String, { description: 'Language of customers who have none set: `en` or `uk`.' }) customerLocale!: Locale;
  @Field(() => Boolean, { description: 'Whether a new ticket is open as soon as somebody worked on it.' }) openOnWork!: boolean;
  @Field(() => Boolean, { description: 'Whether a ticket is done only once all on its checklist is.' }) checklistRequired!: boolean;
  @Field(() => Boolean, { description: 'Whether people note how much time they spent.' }) timeAccounting!: boolean;
  @Field(() => Boolean, { description: 'Whether clients are asked how they were served, once their ticket is resolved.' })
  askForRating!: boolean;
  @Field(() => Int) lifecycleVersion!: number;
}

@InputType()
export class LifecycleSaveInput implements Omit<SaveLifecycle, 'closeNotices' | 'staleNotices'> {
  @Field(() => Int) reopenDays!: number;
  @Field(() => Int, { nullable: true }) closeAfterDays: number | null = null;
  @Field(() => Int, { nullable: true }) staleAfterDays: number | null = null;
  @Field(() => Int, { nullable: true }) staleCloseDays: number | null = null;
  @Field(() => String, { nullable: true, description: 'Left out = as it is.' }) customerLocale?: string | null;
  @Field(() => [LocalizedNameInput], { defaultValue: [], description: 'Languages left out have the built-in text.' })
  closeNotices!: LocalizedNameInput[];
  @Field(() => [LocalizedNameInput], { defaultValue: [], description: 'Languages left out have the built-in text.' })
  staleNotices!: LocalizedNameInput[];
  @Field(() => Boolean, { defaultValue: false }) openOnWork!: boolean;
  @Field(() => Boolean, { defaultValue: false }) checklistRequired!: boolean;
  @Field(() => Boolean, { defaultValue: false }) timeAccounting!: boolean;
  @Field(() => Boolean, { defaultValue: false }) askForRating!: boolean;
  @Field(() => Int, { description: 'The version that the change started from.' }) lifecycleVersion!: number;
}

@ObjectType()
export class LifecycleSavePayload {
  @Field(() => LifecycleType, { nullable: true }) lifecycle?: Lifecycle | null;
  @Field(() => [TicketSettingsError]) userErrors!: UserErrorData[];
}

@InputType()
export class TagRenameInput {
  @Field(() => ID) tagId!: string;
  @Field(() => Int, { nullable: true, description: 'The version that you opened; null = whatever stands.' }) version?: number | null;
  @Field(() => String) name!: string;
}

@InputType()
export class TagDeleteInput {
  @Field(() => ID) tagId!: string;
}

@ObjectType()
export class TagSavePayload {
  @Field(() => TagType, { nullable: true }) tag?: Tag | null;
  @Field(() => [TicketSettingsError]) userErrors!: UserErrorData[];
}

@ObjectType({ description: 'What a workspace calls a priority.' })
export class PriorityName {
  @Field(() => Priority) priority!: Priority;
  @Field(() => [LocalizedName]) names!: LocalizedName[];
}

@InputType()
class PriorityNameInput {
  @Field(() => Priority) priority!: Priority;
  @Field(() => [LocalizedNameInput]) names!: LocalizedNameInput[];
}

@InputType()
export class PrioritiesNameInput {
  @Field(() => [PriorityNameInput], { description: 'Those left out have the usual names again.' }) names!: PriorityNameInput[];
  @Field(() => Int, { nullable: true, description: 'Workspace.prioritiesVersion as you opened it; null = whatever stands.' })
  version?: number | null;
}

@ObjectType()
export class PrioritiesNamePayload {
  @Field(() => [PriorityName], { nullable: true }) priorityNames?: PriorityName[] | null;
  @Field(() => [TicketSettingsError]) userErrors!: UserErrorData[];
}
