import { Arg, Ctx, Extensions, FieldResolver, Float, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { ClockState, type LedgerLine } from '@baton/rules';
import type { Context } from '../../../graphql/context.ts';
import { ReturnsUserErrors } from '../../../graphql/user-error.ts';
import { once } from '../../../platform/once.ts';
import { MemberType } from '../../identity/api/index.ts';
import { memberById, type Member } from '../../identity/index.ts';
import { TicketType } from '../../tickets/api/index.ts';
import type { Ticket } from '../../tickets/index.ts';
import { clocksByTicket, ledgerOf, readingOf } from '../find-clocks.ts';
import { calendarAt, listCalendars, listPolicies, policyById, type CalendarAt, type PolicyAt } from '../find-settings.ts';
import { readHolidayFile } from '../read-holiday-file.ts';
import { outdatedByPolicy, reapplyPolicy } from '../reapply.ts';
import { deleteCalendar, saveCalendar } from '../save-calendar.ts';
import { orderPolicies, savePolicy, type SavePolicy } from '../save-policy.ts';
import type { SlaCalendarVersion, SlaClock, Targets } from '../sla.entity.ts';
import { tryCalendar } from '../try-calendar.ts';
import { tryExample, tryPolicy } from '../try-policy.ts';
import { zoneOffsets } from '../zone-offsets.ts';
import {
  asTargetList,
  SlaCalendarDeleteInput,
  SlaCalendarDeletePayload,
  SlaCalendarSaveInput,
  SlaCalendarSavePayload,
  SlaCalendarTryPayload,
  SlaCalendarType,
  SlaCalendarVersionType,
  SlaClockType,
  SlaConditionsType,
  SlaExampleInput,
  SlaExamplePayload,
  SlaHolidaysReadInput,
  SlaHolidaysReadPayload,
  SlaLedgerLineType,
  SlaOptionsType,
  SlaPoliciesOrderInput,
  SlaPoliciesOrderPayload,
  SlaPolicyReapplyInput,
  SlaPolicySaveInput,
  SlaPolicySavePayload,
  SlaPolicyTryPayload,
  SlaPolicyType,
  SlaStepType,
  SlaTargetType,
  SlaWarningType,
  SlaZoneOffsetType,
} from './sla.type.ts';

@Resolver(() => TicketType)
export class SlaResolver {
  @FieldResolver(() => [SlaClockType], { description: 'The newest of each promise.' })
  async slaClocks(@Root() ticket: Ticket, @Ctx() { scope }: Context): Promise<readonly SlaClock[]> {
    return (await scope.load(clocksByTicket, ticket.id)) ?? [];
  }

  @Query(() => [SlaPolicyType], { description: 'In the order in which they are asked.' })
  slaPolicies(@Ctx() { scope }: Context): Promise<PolicyAt[]> {
    return listPolicies(scope);
  }

  @Query(() => [SlaCalendarType], { description: 'By name.' })
  slaCalendars(@Ctx() { scope }: Context): Promise<CalendarAt[]> {
    return listCalendars(scope);
  }

  @Mutation(() => SlaCalendarSavePayload, { description: 'Saves the next version. What runs goes on by the one it runs by.' })
  @ReturnsUserErrors()
  async slaCalendarSave(
    @Arg('input', () => SlaCalendarSaveInput) { idempotencyKey: key, ...input }: SlaCalendarSaveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SlaCalendarSavePayload>> {
    const id = await once(scope, { key, operation: 'slaCalendarSave', payload: input }, async (tx) => (await saveCalendar(tx, input)).id);
    const saved = await listCalendars(scope.fresh());
    return { calendar: saved.find(({ calendar }) => calendar.id === id) ?? null };
  }

  @Mutation(() => SlaCalendarDeletePayload, { description: 'Refused for one by which anything was ever counted.' })
  @ReturnsUserErrors()
  async slaCalendarDelete(
    @Arg('input', () => SlaCalendarDeleteInput) { id }: SlaCalendarDeleteInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SlaCalendarDeletePayload>> {
    await deleteCalendar(scope, id);
    return { deletedId: id };
  }

  @Mutation(() => SlaPolicySavePayload, { description: 'Saves the next version. What runs goes on by the one it runs by.' })
  @ReturnsUserErrors()
  async slaPolicySave(
    @Arg('input', () => SlaPolicySaveInput) { idempotencyKey: key, ...input }: SlaPolicySaveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SlaPolicySavePayload>> {
    const id = await once(
      scope,
      { key, operation: 'slaPolicySave', payload: input },
      async (tx) => (await savePolicy(tx, asPolicy(input))).id,
    );
    const saved = await listPolicies(scope.fresh());
    return { policy: saved.find(({ policy }) => policy.id === id) ?? null };
  }

  @Extensions({ cost: 4000 })
  @Mutation(() => SlaPolicyTryPayload, { description: 'What saving would do to the clocks that run now. Changes nothing.' })
  @ReturnsUserErrors()
  async slaPolicyTry(
    @Arg('input', () => SlaPolicySaveInput) input: SlaPolicySaveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SlaPolicyTryPayload>> {
    return { effect: await tryPolicy(scope, asPolicy(input)) };
  }

  @Mutation(() => SlaCalendarTryPayload, {
    description: 'What saving business hours and re-applying the policies would do to the clocks that run now. Changes nothing.',
  })
  @ReturnsUserErrors()
  async slaCalendarTry(
    @Arg('input', () => SlaCalendarSaveInput) input: SlaCalendarSaveInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SlaCalendarTryPayload>> {
    return { effect: await tryCalendar(scope, input) };
  }

  @Mutation(() => SlaExamplePayload, { description: 'What would be promised about a ticket by a policy not yet saved. Changes nothing.' })
  @ReturnsUserErrors()
  async slaPolicyExample(
    @Arg('input', () => SlaExampleInput) { ticket, policy }: SlaExampleInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SlaExamplePayload>> {
    return { outcome: await tryExample(scope, ticket, asPolicy(policy)) };
  }

  @Mutation(() => SlaPolicySavePayload, {
    description: 'Measures what runs by earlier versions of a policy, or of its calendar, by the newest. What elapsed stays.',
  })
  @ReturnsUserErrors()
  async slaPolicyReapply(
    @Arg('input', () => SlaPolicyReapplyInput) { id }: SlaPolicyReapplyInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SlaPolicySavePayload>> {
    await reapplyPolicy(scope, id);
    const policies = await listPolicies(scope.fresh());
    return { policy: policies.find(({ policy }) => policy.id === id) ?? null };
  }

  @Mutation(() => SlaPoliciesOrderPayload)
  @ReturnsUserErrors()
  async slaPoliciesOrder(
    @Arg('input', () => SlaPoliciesOrderInput) { ids }: SlaPoliciesOrderInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SlaPoliciesOrderPayload>> {
    await orderPolicies(scope, ids);
    return { policies: await listPolicies(scope.fresh()) };
  }

  @Mutation(() => SlaHolidaysReadPayload, {
    description: 'Reads the holidays of an iCalendar file for review. Stores nothing.',
  })
  @ReturnsUserErrors()
  slaHolidaysRead(
    @Arg('input', () => SlaHolidaysReadInput) input: SlaHolidaysReadInput,
    @Ctx() { scope }: Context,
  ): Promise<Partial<SlaHolidaysReadPayload>> {
    return readHolidayFile(scope, input);
  }
}

/** Targets come as a list and are kept by metric and priority. */
function asPolicy({ targets, conditions, steps, ...rest }: SlaPolicySaveInput): SavePolicy {
  const byMetric: Record<string, Record<string, object>> = {};
  for (const { metric, priority, amount, unit } of targets) (byMetric[metric] ??= {})[priority] = { amount, unit };
  const given = Object.entries(conditions).filter(([, list]) => list !== null && list !== undefined);
  const taken = steps.map(({ on, action, afterMinutes, metric, value }) => ({
    on,
    action,
    afterMinutes,
    metric: metric ?? null,
    value: value ?? null,
  }));
  return { ...rest, steps: taken, conditions: Object.fromEntries(given), targets: byMetric as Targets };
}

const asDate = (at: number | null) => (at === null ? null : new Date(at));

@Resolver(() => SlaClockType)
export class SlaClockResolver {
  @FieldResolver(() => ClockState, { description: 'By the present target, at the time of the query.' })
  async state(@Root() clock: SlaClock, @Ctx() { scope }: Context): Promise<ClockState> {
    return (await readingOf(scope, clock)).state;
  }

  @FieldResolver(() => Date, {
    nullable: true,
    description: 'When the present target is or was reached; null unless the clock is running.',
  })
  async dueAt(@Root() clock: SlaClock, @Ctx() { scope }: Context): Promise<Date | null> {
    return asDate((await readingOf(scope, clock)).dueAt);
  }

  @FieldResolver(() => Float, { description: 'Milliseconds by the calendar at the time of the query, negative once the target is passed.' })
  async remainingMs(@Root() clock: SlaClock, @Ctx() { scope }: Context): Promise<number> {
    return (await readingOf(scope, clock)).remainingMs ?? 0;
  }

  @FieldResolver(() => Date, { nullable: true, description: 'When elapsed time reached the present target; null while time is left.' })
  async overdueSince(@Root() clock: SlaClock, @Ctx() { scope }: Context): Promise<Date | null> {
    return asDate((await readingOf(scope, clock)).overdueSince);
  }

  @FieldResolver(() => Date, {
    nullable: true,
    description: 'First breach of the cycle. It stays recorded if a longer target leaves time again: see `state`.',
  })
  async breachedAt(@Root() clock: SlaClock, @Ctx() { scope }: Context): Promise<Date | null> {
    return asDate((await readingOf(scope, clock)).breachedAt);
  }

  @FieldResolver(() => String, { description: 'The name of the policy that it runs by.' })
  async policy(@Root() { policyId }: SlaClock, @Ctx() { scope }: Context): Promise<string> {
    return (await scope.load(policyById, policyId))?.name ?? '';
  }

  @FieldResolver(() => SlaCalendarVersionType, { nullable: true, description: 'What is counted; null = round the clock.' })
  calendar(@Root() { calendarId, calendarVersion }: SlaClock, @Ctx() { scope }: Context): Promise<SlaCalendarVersion | null> {
    return calendarAt(scope, calendarId, calendarVersion);
  }

  @FieldResolver(() => [SlaLedgerLineType], { description: 'Every stretch of its life. The counted ones add up to what has elapsed.' })
  async ledger(@Root() clock: SlaClock, @Ctx() { scope }: Context): Promise<SlaLedgerLineType[]> {
    return (await ledgerOf(scope, clock)).map(({ from, to, ...line }: LedgerLine) => ({ ...line, from: new Date(from), to: new Date(to) }));
  }
}

/** Around now, for whoever counts down; a table of every change in fifty years would be ten times as long. */
const offsetsAround = { before: 366 * 86_400_000, after: 3 * 366 * 86_400_000 };

@Resolver(() => SlaCalendarVersionType)
export class SlaCalendarVersionResolver {
  @FieldResolver(() => ID)
  id(@Root() { calendarId, version }: SlaCalendarVersion): string {
    return `${calendarId}:${version}`;
  }

  @FieldResolver(() => [SlaZoneOffsetType], { description: 'How far the zone is ahead of UTC, from last year to three years on.' })
  offsets(@Root() { timeZone }: SlaCalendarVersion, @Ctx() { scope }: Context): SlaZoneOffsetType[] {
    const now = scope.now().getTime();
    const offsets = zoneOffsets(timeZone);
    const first = Math.max(
      0,
      offsets.findLastIndex(({ from }) => from <= now - offsetsAround.before),
    );
    return offsets.slice(first).filter(({ from }) => from <= now + offsetsAround.after);
  }

  @FieldResolver(() => MemberType, { nullable: true, description: 'Null for what every desk begins with.' })
  savedBy(@Root() { savedById }: SlaCalendarVersion, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, savedById);
  }
}

@Resolver(() => SlaCalendarType)
export class SlaCalendarResolver {
  @FieldResolver(() => ID)
  id(@Root() { calendar }: CalendarAt): string {
    return calendar.id;
  }

  @FieldResolver(() => String)
  name(@Root() { calendar }: CalendarAt): string {
    return calendar.name;
  }

  @FieldResolver(() => SlaCalendarVersionType, { description: 'The newest.' })
  current(@Root() { version }: CalendarAt): SlaCalendarVersion {
    return version;
  }
}

@Resolver(() => SlaPolicyType)
export class SlaPolicyResolver {
  @FieldResolver(() => ID)
  id(@Root() { policy }: PolicyAt): string {
    return policy.id;
  }

  @FieldResolver(() => String)
  name(@Root() { policy }: PolicyAt): string {
    return policy.name;
  }

  @FieldResolver(() => Boolean, { description: 'Applies where no other does. There is exactly one.' })
  fallback(@Root() { policy }: PolicyAt): boolean {
    return policy.fallback;
  }

  @FieldResolver(() => Int, { description: 'Send it back with an edit.' })
  version(@Root() { policy }: PolicyAt): number {
    return policy.version;
  }

  @FieldResolver(() => SlaConditionsType)
  conditions(@Root() { version }: PolicyAt): SlaConditionsType {
    return version.conditions as SlaConditionsType;
  }

  @FieldResolver(() => ID, { nullable: true, description: 'Null = round the clock.' })
  calendarId(@Root() { version }: PolicyAt): string | null {
    return version.calendarId;
  }

  @FieldResolver(() => [SlaTargetType])
  targets(@Root() { version }: PolicyAt): SlaTargetType[] {
    return asTargetList(version.targets);
  }

  @FieldResolver(() => Int, { description: 'Running clocks that go on by an earlier version of it, or of its calendar.' })
  async outdated(@Root() { policy }: PolicyAt, @Ctx() { scope }: Context): Promise<number> {
    return (await scope.load(outdatedByPolicy, policy.id))?.[0]?.count ?? 0;
  }

  @FieldResolver(() => SlaWarningType)
  warning(@Root() { version }: PolicyAt): SlaWarningType {
    return version.warning;
  }

  @FieldResolver(() => [SlaStepType], { description: 'In order.' })
  steps(@Root() { version }: PolicyAt): readonly SlaStepType[] {
    return version.steps;
  }

  @FieldResolver(() => SlaOptionsType)
  options(@Root() { version }: PolicyAt): SlaOptionsType {
    return version.options;
  }

  @FieldResolver(() => Date)
  savedAt(@Root() { version }: PolicyAt): Date {
    return version.savedAt;
  }

  @FieldResolver(() => String, { description: 'Why, in the words of who saved it.' })
  message(@Root() { version }: PolicyAt): string {
    return version.message;
  }

  @FieldResolver(() => MemberType, { nullable: true, description: 'Null for what every desk begins with.' })
  savedBy(@Root() { version }: PolicyAt, @Ctx() { scope }: Context): Promise<Member | null> {
    return scope.load(memberById, version.savedById);
  }
}
