import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { type DayHours, priorities, Priority, TicketSource } from '@baton/rules';
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

import type { HolidayProblem } from '../read-holidays.ts';
import type { CalendarAt, PolicyAt } from '../find-settings.ts';
import type { ClockEffects } from '../clock-effects.ts';
import type { ExampleOutcome, ExamplePromise, ExampleTicket } from '../try-policy.ts';
import {
  EscalationMoment,
  SlaMetric,
  StepAction,
  TargetUnit,
  type Conditions,
  type EscalationStep,
  type Holiday,
  type PolicyOptions,
  type SlaCalendarVersion,
  type SlaClock,
  type Targets,
  type WarningRule,
} from '../sla.entity.ts';

registerEnumType(SlaMetric, { name: 'SlaMetric' });
registerEnumType(EscalationMoment, { name: 'SlaMoment' });
registerEnumType(StepAction, { name: 'SlaStepAction', description: 'What is done at a warning or a breach.' });
registerEnumType(TargetUnit, { name: 'SlaTargetUnit', description: 'Days are working days of the calendar.' });

const LedgerLineKind = { COUNTED: 'COUNTED', STOOD: 'STOOD', OUTSIDE_HOURS: 'OUTSIDE_HOURS', HOLIDAY: 'HOLIDAY' } as const;
registerEnumType(LedgerLineKind, { name: 'SlaLedgerLineKind', description: 'Whether a stretch of time was counted, or why not.' });

@ObjectType('SlaHours', { description: 'Minutes since midnight, from the first up to the second.' })
class SlaHoursType implements DayHours {
  @Field(() => Int) from!: number;
  @Field(() => Int) to!: number;
}

@ObjectType('SlaHoliday')
class SlaHolidayType implements Holiday {
  @Field(() => String, { description: 'Written 2026-12-25.' }) date!: string;
  @Field(() => String) name!: string;
  @Field(() => [SlaHoursType], { description: 'None = closed.' }) hours!: readonly DayHours[];
}

@ObjectType('SlaZoneOffset')
export class SlaZoneOffsetType {
  @Field(() => Float, { description: 'From this instant on, in milliseconds since 1970.' }) from!: number;
  @Field(() => Float, { description: 'Milliseconds ahead of UTC.' }) offsetMs!: number;
}

@ObjectType('SlaCalendarVersion', { description: 'A business calendar as it was saved. Never changed.' })
export class SlaCalendarVersionType implements Pick<
  SlaCalendarVersion,
  'version' | 'timeZone' | 'week' | 'holidays' | 'savedAt' | 'message'
> {
  @Field(() => Int) version!: number;
  @Field(() => String) timeZone!: string;
  @Field(() => [[SlaHoursType]], { description: 'Monday to Sunday.' }) week!: readonly (readonly DayHours[])[];
  @Field(() => [SlaHolidayType]) holidays!: readonly Holiday[];
  @Field(() => Date) savedAt!: Date;
  @Field(() => String, { description: 'Why, in the words of who saved it.' }) message!: string;
}

@ObjectType('SlaCalendar', { description: 'The hours in which time is counted.' })
export class SlaCalendarType {}

@ObjectType('SlaTarget', { description: 'What is promised for tickets of a priority.' })
export class SlaTargetType {
  @Field(() => SlaMetric) metric!: SlaMetric;
  @Field(() => Priority) priority!: Priority;
  @Field(() => Float) amount!: number;
  @Field(() => TargetUnit) unit!: TargetUnit;
}

export function asTargetList(targets: Targets): SlaTargetType[] {
  return Object.values(SlaMetric).flatMap((metric) =>
    priorities.flatMap((priority) => {
      const target = targets[metric]?.[priority];
      return target ? [{ metric, priority, ...target }] : [];
    }),
  );
}

@ObjectType('SlaConditions', { description: 'Which tickets a policy is for; null = whatever the ticket has.' })
export class SlaConditionsType implements Conditions {
  @Field(() => [Priority], { nullable: true }) priorities?: Priority[];
  @Field(() => [ID], { nullable: true }) topicIds?: string[];
  @Field(() => [ID], { nullable: true }) teamIds?: string[];
  @Field(() => [ID], { nullable: true }) tagIds?: string[];
  @Field(() => [String], { nullable: true }) organizations?: string[];
  @Field(() => [TicketSource], { nullable: true }) sources?: TicketSource[];
}

@ObjectType('SlaWarning', { description: 'At a share of the target, or so many minutes before it, whichever is earlier.' })
export class SlaWarningType implements WarningRule {
  @Field(() => Float) share!: number;
  @Field(() => Int) beforeMinutes!: number;
}

@ObjectType('SlaOptions', { description: 'Where desks differ in what a promise means.' })
export class SlaOptionsType implements PolicyOptions {
  @Field(() => Boolean, { description: 'Reopening begins the resolution anew, instead of going on from what has elapsed.' })
  newCycle!: boolean;
  @Field(() => Boolean, { description: 'Each further message of the client begins the next response anew.' })
  restartOnMessage!: boolean;
}

@InputType()
class SlaOptionsInput implements PolicyOptions {
  @Field(() => Boolean, { defaultValue: false }) newCycle!: boolean;
  @Field(() => Boolean, { defaultValue: false }) restartOnMessage!: boolean;
}

@ObjectType('SlaStep', { description: 'What is done, once, when a clock is warned of or breaches.' })
export class SlaStepType implements EscalationStep {
  @Field(() => EscalationMoment) on!: EscalationMoment;
  @Field(() => Int, { description: 'At a breach: once overdue by so many minutes of the calendar.' }) afterMinutes!: number;
  @Field(() => SlaMetric, { nullable: true, description: 'Null = any.' }) metric!: SlaMetric | null;
  @Field(() => StepAction) action!: StepAction;
  @Field(() => String, { nullable: true, description: 'The id of the member or the team, or the name of the tag.' }) value!: string | null;
}

@ObjectType('SlaPolicy', { description: 'What is promised to some tickets. The first that matches applies.' })
export class SlaPolicyType {}

@ObjectType('SlaLedgerLine', { description: 'A stretch of a clock’s life.' })
export class SlaLedgerLineType {
  @Field(() => Date) from!: Date;
  @Field(() => Date) to!: Date;
  @Field(() => LedgerLineKind) kind!: keyof typeof LedgerLineKind;
  @Field(() => String, { description: 'Why the clock ran or stood, for programs.' }) reason!: string;
}

@ObjectType('SlaClock', { description: 'One SLA timer of a ticket. Count down from `runningSince` by `calendar`.' })
export class SlaClockType implements Pick<
  SlaClock,
  'metric' | 'cycle' | 'targetMs' | 'elapsedMs' | 'runningSince' | 'warnAt' | 'breachCause' | 'stoppedAt' | 'policyVersion'
> {
  @Field(() => SlaMetric) metric!: SlaMetric;
  @Field(() => Int, { description: 'Increases when the metric starts again.' }) cycle!: number;
  @Field(() => Float, { description: 'Milliseconds.' }) targetMs!: number;
  @Field(() => Float, { description: 'Milliseconds counted up to `runningSince`, or in total while the clock is not running.' })
  elapsedMs!: number;
  @Field(() => Date, { nullable: true, description: 'Null while the clock is paused or stopped.' }) runningSince!: Date | null;
  @Field(() => Date, { nullable: true, description: 'When a warning is sent; null once it was sent.' }) warnAt!: Date | null;
  @Field(() => String, { nullable: true, description: 'The change that caused the breach; null if time passed.' })
  breachCause!: SlaClock['breachCause'];
  @Field(() => Date, { nullable: true, description: 'When the response was sent or the work ended.' }) stoppedAt!: Date | null;
  @Field(() => Int, { description: 'The version of the policy that it runs by.' }) policyVersion!: number;
}

@InputType()
class SlaHoursInput implements DayHours {
  @Field(() => Int) from!: number;
  @Field(() => Int) to!: number;
}

@InputType()
class SlaHolidayInput implements Holiday {
  @Field(() => String) date!: string;
  @Field(() => String, { defaultValue: '' }) name!: string;
  @Field(() => [SlaHoursInput], { defaultValue: [] }) hours!: SlaHoursInput[];
}

@InputType()
export class SlaCalendarSaveInput {
  @Field(() => ID, { nullable: true, description: 'None for a new one.' }) id?: string | null;
  @Field(() => Int, { nullable: true, description: 'The version that was edited.' }) version?: number | null;
  @Field(() => String) name!: string;
  @Field(() => String, { description: 'As Europe/Kyiv.' }) timeZone!: string;
  @Field(() => [[SlaHoursInput]], { description: 'Monday to Sunday.' }) week!: SlaHoursInput[][];
  @Field(() => [SlaHolidayInput], { defaultValue: [] }) holidays!: SlaHolidayInput[];
  @Field(() => String, { nullable: true }) message?: string | null;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType()
export class SlaCalendarDeleteInput {
  @Field(() => ID) id!: string;
}

@InputType()
class SlaConditionsInput implements Conditions {
  @Field(() => [Priority], { nullable: true }) priorities?: Priority[];
  @Field(() => [ID], { nullable: true }) topicIds?: string[];
  @Field(() => [ID], { nullable: true }) teamIds?: string[];
  @Field(() => [ID], { nullable: true }) tagIds?: string[];
  @Field(() => [String], { nullable: true }) organizations?: string[];
  @Field(() => [TicketSource], { nullable: true }) sources?: TicketSource[];
}

@InputType()
class SlaTargetInput {
  @Field(() => SlaMetric) metric!: SlaMetric;
  @Field(() => Priority) priority!: Priority;
  @Field(() => Float) amount!: number;
  @Field(() => TargetUnit) unit!: TargetUnit;
}

@InputType()
class SlaWarningInput implements WarningRule {
  @Field(() => Float) share!: number;
  @Field(() => Int) beforeMinutes!: number;
}

@InputType()
class SlaStepInput {
  @Field(() => EscalationMoment) on!: EscalationMoment;
  @Field(() => Int, { defaultValue: 0 }) afterMinutes!: number;
  @Field(() => SlaMetric, { nullable: true }) metric?: SlaMetric | null;
  @Field(() => StepAction) action!: StepAction;
  @Field(() => String, { nullable: true }) value?: string | null;
}

@InputType()
export class SlaPolicySaveInput {
  @Field(() => ID, { nullable: true, description: 'None for a new one.' }) id?: string | null;
  @Field(() => Int, { nullable: true, description: 'The version that was edited.' }) version?: number | null;
  @Field(() => String) name!: string;
  @Field(() => SlaConditionsInput) conditions!: SlaConditionsInput;
  @Field(() => ID, { nullable: true, description: 'None = round the clock.' }) calendarId?: string | null;
  @Field(() => [SlaTargetInput]) targets!: SlaTargetInput[];
  @Field(() => SlaWarningInput) warning!: SlaWarningInput;
  @Field(() => [SlaStepInput], { defaultValue: [] }) steps!: SlaStepInput[];
  @Field(() => SlaOptionsInput, { nullable: true }) options?: SlaOptionsInput | null;
  @Field(() => String, { nullable: true }) message?: string | null;
  @Field(() => String, onceKey) idempotencyKey?: string | null;
}

@InputType({ description: 'A ticket that is made up.' })
class SlaExampleTicketInput implements ExampleTicket {
  @Field(() => Date, { description: 'When the promise would begin.' }) at!: Date;
  @Field(() => Priority) priority!: Priority;
  @Field(() => ID, { nullable: true }) topicId: string | null = null;
  @Field(() => ID, { nullable: true }) teamId: string | null = null;
  @Field(() => [ID], { defaultValue: [] }) tagIds!: string[];
  @Field(() => String, { nullable: true }) organization: string | null = null;
  @Field(() => TicketSource, { defaultValue: TicketSource.AGENT }) source!: TicketSource;
}

@InputType()
export class SlaExampleInput {
  @Field(() => SlaExampleTicketInput) ticket!: SlaExampleTicketInput;
  @Field(() => SlaPolicySaveInput, { description: 'The policy that is tried, as it would be saved.' }) policy!: SlaPolicySaveInput;
}

@ObjectType('SlaExamplePromise')
class SlaExamplePromiseType implements ExamplePromise {
  @Field(() => SlaMetric) metric!: SlaMetric;
  @Field(() => Float, { description: 'Milliseconds.' }) targetMs!: number;
  @Field(() => Date, { nullable: true, description: 'Null where the calendar never opens for so long.' }) dueAt!: Date | null;
}

@ObjectType('SlaExampleOutcome', { description: 'What would be promised about a ticket.' })
class SlaExampleOutcomeType implements ExampleOutcome {
  @Field(() => String, { nullable: true, description: 'The name of the policy that would be for it.' }) policy!: string | null;
  @Field(() => Boolean, { description: 'Whether that is the policy which is tried.' }) tried!: boolean;
  @Field(() => [SlaExamplePromiseType]) promises!: readonly ExamplePromise[];
}

@InputType()
export class SlaPoliciesOrderInput {
  @Field(() => [ID], { description: 'All of them, in order.' }) ids!: string[];
}

@ObjectType('SlaPolicyEffect', {
  description: 'What a change would do to the clocks that run now. Each changed clock counts in one figure.',
})
export class SlaPolicyEffectType implements ClockEffects {
  @Field(() => Int) running!: number;
  @Field(() => Int, { description: 'Would be due earlier.' }) earlier!: number;
  @Field(() => Int) later!: number;
  @Field(() => Int, { description: 'Would breach immediately.' }) breaches!: number;
}

@ObjectType('SlaPolicyNotFound', { implements: UserError })
export class SlaPolicyNotFoundType extends UserError {}

@ObjectType('SlaCalendarNotFound', { implements: UserError })
export class SlaCalendarNotFoundType extends UserError {}

const SlaCalendarSaveError = userErrorUnion('SlaCalendarSaveError', [
  IdempotencyKeyReusedType,
  NameTakenType,
  SettingsConflictType,
  StillInUseType,
  SlaCalendarNotFoundType,
]);

@ObjectType()
export class SlaCalendarSavePayload {
  @Field(() => SlaCalendarType, { nullable: true }) calendar?: CalendarAt | null;
  @Field(() => [SlaCalendarSaveError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class SlaCalendarDeletePayload {
  @Field(() => ID, { nullable: true }) deletedId?: string;
  @Field(() => [SlaCalendarSaveError]) userErrors!: UserErrorData[];
}

const SlaPolicySaveError = userErrorUnion('SlaPolicySaveError', [
  IdempotencyKeyReusedType,
  NameTakenType,
  SettingsConflictType,
  SlaPolicyNotFoundType,
  SlaCalendarNotFoundType,
]);

@ObjectType()
export class SlaPolicySavePayload {
  @Field(() => SlaPolicyType, { nullable: true }) policy?: PolicyAt | null;
  @Field(() => [SlaPolicySaveError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class SlaPolicyTryPayload {
  @Field(() => SlaPolicyEffectType, { nullable: true }) effect?: ClockEffects;
  @Field(() => [SlaPolicySaveError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class SlaCalendarTryPayload {
  @Field(() => SlaPolicyEffectType, { nullable: true }) effect?: ClockEffects;
  @Field(() => [SlaCalendarSaveError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class SlaExamplePayload {
  @Field(() => SlaExampleOutcomeType, { nullable: true }) outcome?: ExampleOutcome;
  @Field(() => [SlaPolicySaveError]) userErrors!: UserErrorData[];
}

@ObjectType()
export class SlaPoliciesOrderPayload {
  @Field(() => [SlaPolicyType], { nullable: true }) policies?: PolicyAt[];
  @Field(() => [SlaPolicySaveError]) userErrors!: UserErrorData[];
}

@InputType()
export class SlaHolidaysReadInput {
  @Field(() => String, { description: 'The text of an iCalendar file.' }) ical!: string;
  @Field(() => Int) fromYear!: number;
  @Field(() => Int) toYear!: number;
}

@InputType()
export class SlaPolicyReapplyInput {
  @Field(() => ID) id!: string;
}

@ObjectType('SlaHolidayProblem', { description: 'An entry of the file that could not be read as it is, or not at all.' })
class SlaHolidayProblemType implements HolidayProblem {
  @Field(() => Int, { description: 'In the file; the first line is 1.' }) line!: number;
  @Field(() => String, { description: 'The summary of the entry; empty if it has none.' }) name!: string;
  @Field(() => String) reason!: string;
}

const SlaHolidaysReadError = userErrorUnion('SlaHolidaysReadError');

@ObjectType()
export class SlaHolidaysReadPayload {
  @Field(() => [SlaHolidayType], { nullable: true }) holidays?: readonly Holiday[];
  @Field(() => [SlaHolidayProblemType], { nullable: true, description: 'In the order of the file; at most 100.' })
  problems?: readonly HolidayProblem[];
  @Field(() => Int, { nullable: true, description: 'How many problems the file has, including those that are not listed.' })
  problemCount?: number;
  @Field(() => [SlaHolidaysReadError]) userErrors!: UserErrorData[];
}
