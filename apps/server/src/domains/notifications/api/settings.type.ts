import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { userErrorUnion, type UserErrorData } from '../../../graphql/user-error.ts';
import { NotificationKind } from '../notification-kind.ts';
import { EmailEvery, NotificationScope, type PushDevice } from '../notification-settings.entity.ts';
import type { NotificationSettings } from '../save-settings.ts';
import type { RuleWanted } from '../wanted.ts';

registerEnumType(NotificationKind, { name: 'NotificationKind' });
registerEnumType(NotificationScope, {
  name: 'NotificationScope',
  description: 'Of which tickets: yours; those you watch too; all of your teams. What addresses you by name always counts.',
});
registerEnumType(EmailEvery, {
  name: 'EmailEvery',
  description: 'SOON: a minute later, with all that came meanwhile. HOUR: each full hour. DAY: at eight in the morning.',
});

@ObjectType('NotificationRule')
class NotificationRuleType implements RuleWanted {
  @Field(() => NotificationKind) kind!: NotificationKind;
  @Field(() => NotificationScope) scope!: NotificationScope;
  @Field(() => Boolean) inApp!: boolean;
  @Field(() => Boolean) email!: boolean;
  @Field(() => Boolean) push!: boolean;
}

@ObjectType('PushDevice', { description: 'A browser of yours that is pushed to, for as long as you are signed in there.' })
class PushDeviceType implements Pick<PushDevice, 'id' | 'createdAt'> {
  @Field(() => ID) id!: string;
  @Field(() => ID, { description: 'Of `sessions`.' }) sessionId!: string;
  @Field(() => Date) createdAt!: Date;
}

@ObjectType('NotificationSettings', { description: 'What you are told of, where and when.' })
export class NotificationSettingsType {
  @Field(() => [NotificationRuleType]) rules!: RuleWanted[];
  @Field(() => String, { description: 'Such as Europe/Kyiv; quiet hours and mornings are its.' }) timeZone!: string;
  @Field(() => Int, { nullable: true, description: 'Minutes of the day; null for no quiet hours.' }) quietFrom!: number | null;
  @Field(() => Int, { nullable: true }) quietTo!: number | null;
  @Field(() => [Int], { description: 'Days that are quiet as a whole; 1 = Monday.' }) quietDays!: number[];
  @Field(() => EmailEvery) emailEvery!: EmailEvery;
  @Field(() => [ID], { description: 'Which teams TEAM means; none = your own.' }) teamIds!: string[];
  @Field(() => [ID], { description: 'Which topics TEAM means; none = all.' }) topicIds!: string[];
  @Field(() => [PushDeviceType]) devices!: PushDevice[];
}

@InputType()
class NotificationRuleInput implements RuleWanted {
  @Field(() => NotificationKind) kind!: NotificationKind;
  @Field(() => NotificationScope) scope!: NotificationScope;
  @Field(() => Boolean) inApp!: boolean;
  @Field(() => Boolean) email!: boolean;
  @Field(() => Boolean) push!: boolean;
}

@InputType({ description: 'What is left out stays as it is.' })
export class NotificationSettingsSaveInput {
  @Field(() => [NotificationRuleInput], { nullable: true, description: 'Those that change.' }) rules?: NotificationRuleInput[];
  @Field(() => String, { nullable: true }) timeZone?: string;
  @Field(() => Int, { nullable: true, description: 'Null, with `quietTo`, ends them.' }) quietFrom?: number | null;
  @Field(() => Int, { nullable: true }) quietTo?: number | null;
  @Field(() => [Int], { nullable: true }) quietDays?: number[];
  @Field(() => EmailEvery, { nullable: true }) emailEvery?: EmailEvery;
  @Field(() => [ID], { nullable: true }) teamIds?: string[];
  @Field(() => [ID], { nullable: true }) topicIds?: string[];
}

@InputType()
export class NotificationMuteInput {
  @Field(() => ID) notificationId!: string;
}

@InputType({ description: 'As the browser’s PushSubscription has them.' })
export class PushDeviceAddInput {
  @Field(() => String) endpoint!: string;
  @Field(() => String, { description: 'p256dh, in base64url.' }) publicKey!: string;
  @Field(() => String, { description: 'In base64url.' }) auth!: string;
}

@InputType()
export class PushDeviceRemoveInput {
  @Field(() => String) endpoint!: string;
}

const NotificationSettingsError = userErrorUnion('NotificationSettingsError');

@ObjectType()
export class NotificationSettingsPayload {
  @Field(() => NotificationSettingsType, { nullable: true }) settings?: NotificationSettings;
  @Field(() => [NotificationSettingsError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class NotificationMutePayload {
  @Field(() => NotificationRuleType, { nullable: true, description: 'As it was: save it again to take this back.' }) before?: RuleWanted;
  @Field(() => NotificationRuleType, { nullable: true }) after?: RuleWanted;
  @Field(() => [NotificationSettingsError]) userErrors!: UserErrorData[];
}
