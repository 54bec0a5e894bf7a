import { defineEntity, p } from '@mikro-orm/core';
import { breachesAt, reaches, warnsAt, type Calendar, type Clock, type DayHours, type Priority } from '@baton/rules';

export const SlaMetric = {
  FIRST_RESPONSE: 'FIRST_RESPONSE',
  NEXT_RESPONSE: 'NEXT_RESPONSE',
  RESOLUTION: 'RESOLUTION',
  TIME_IN_STATUS: 'TIME_IN_STATUS',
  UPDATE: 'UPDATE',
} as const;
export type SlaMetric = (typeof SlaMetric)[keyof typeof SlaMetric];

export const TargetUnit = { MINUTES: 'MINUTES', HOURS: 'HOURS', DAYS: 'DAYS' } as const;
export type TargetUnit = (typeof TargetUnit)[keyof typeof TargetUnit];

export interface Target {
  readonly amount: number;
  /** Days are working days of the policy's calendar. */
  readonly unit: TargetUnit;
}

export type Targets = Readonly<Partial<Record<SlaMetric, Readonly<Partial<Record<Priority, Target>>>>>>;

/** Which tickets a policy is for: each list that is given must hold the ticket's own. */
export interface Conditions {
  readonly priorities?: readonly Priority[];
  readonly topicIds?: readonly string[];
  readonly teamIds?: readonly string[];
  readonly tagIds?: readonly string[];
  readonly organizations?: readonly string[];
  readonly sources?: readonly string[];
}

/** When a running clock is warned of: at a share of its target, or so many minutes before it, whichever is earlier. */
export interface WarningRule {
  readonly share: number;
  readonly beforeMinutes: number;
}

/** Where desks differ in what a promise means. */
export interface PolicyOptions {
  /** Reopening begins the resolution anew instead of going on from what has elapsed. */
  readonly newCycle: boolean;
  /** Each further message of the client begins the next response anew, where else the first unanswered one counts. */
  readonly restartOnMessage: boolean;
}

export const EscalationMoment = { WARNING: 'WARNING', BREACH: 'BREACH' } as const;
export type EscalationMoment = (typeof EscalationMoment)[keyof typeof EscalationMoment];

export const StepAction = {
  RAISE_PRIORITY: 'RAISE_PRIORITY',
  ASSIGN: 'ASSIGN',
  MOVE_TO_TEAM: 'MOVE_TO_TEAM',
  TAG: 'TAG',
  NOTIFY: 'NOTIFY',
} as const;
export type StepAction = (typeof StepAction)[keyof typeof StepAction];

/** What is done when a clock is warned of, or breaches. */
export interface EscalationStep {
  readonly on: EscalationMoment;
  /** How many minutes of the calendar the ticket must be overdue; 0 = at the breach itself. Nothing for a warning. */
  readonly afterMinutes: number;
  /** Null = any. */
  readonly metric: SlaMetric | null;
  readonly action: StepAction;
  /** The member, the team or the tag; null where the action needs none. */
  readonly value: string | null;
}

const SlaPolicySchema = defineEntity({
  name: 'SlaPolicy',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.text(),
    /** The first policy by place that matches applies. */
    place: p.integer(),
    /** The one that applies where no other does. There is exactly one. */
    fallback: p.boolean(),
    /** The newest. Clocks run by the version that was newest when it began to count for them. */
    version: p.integer(),
    /** Clocks that run by an earlier version of the policy, or of a calendar, are measured again; null = never re-applied. */
    appliedVersion: p.integer().strictNullable(),
    /** The version of each calendar at that time. */
    appliedCalendars: p.json<Readonly<Record<string, number>>>().strictNullable(),
  },
});

export class SlaPolicy extends SlaPolicySchema.class {}
SlaPolicySchema.setClass(SlaPolicy);

const SlaPolicyVersionSchema = defineEntity({
  name: 'SlaPolicyVersion',
  properties: {
    workspaceId: p.uuid().primary(),
    policyId: p.uuid().primary(),
    version: p.integer().primary(),
    conditions: p.json<Conditions>(),
    /** Null = round the clock. */
    calendarId: p.uuid().strictNullable(),
    targets: p.json<Targets>(),
    warning: p.json<WarningRule>(),
    steps: p.json<readonly EscalationStep[]>(),
    options: p.json<PolicyOptions>(),
    /** Null for what every desk begins with. */
    savedById: p.uuid().strictNullable(),
    savedAt: p.datetime(),
    message: p.text(),
  },
});

/** A policy as it was saved. Never changed. */
export class SlaPolicyVersion extends SlaPolicyVersionSchema.class {}
SlaPolicyVersionSchema.setClass(SlaPolicyVersion);

/** A date that is not as its weekday is. */
export interface Holiday {
  /** Written 2026-11-21. */
  readonly date: string;
  readonly name: string;
  /** None = closed. */
  readonly hours: readonly DayHours[];
}

const SlaCalendarSchema = defineEntity({
  name: 'SlaCalendar',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.text(),
    version: p.integer(),
  },
});

export class SlaCalendar extends SlaCalendarSchema.class {}
SlaCalendarSchema.setClass(SlaCalendar);

const SlaCalendarVersionSchema = defineEntity({
  name: 'SlaCalendarVersion',
  properties: {
    workspaceId: p.uuid().primary(),
    calendarId: p.uuid().primary(),
    version: p.integer().primary(),
    timeZone: p.text(),
    /** Monday to Sunday. */
    week: p.json<readonly (readonly DayHours[])[]>(),
    holidays: p.json<readonly Holiday[]>(),
    savedById: p.uuid().strictNullable(),
    savedAt: p.datetime(),
    message: p.text(),
  },
});

/** A calendar as it was saved. Never changed. */
export class SlaCalendarVersion extends SlaCalendarVersionSchema.class {}
SlaCalendarVersionSchema.setClass(SlaCalendarVersion);

const SlaClockSchema = defineEntity({
  name: 'SlaClock',
  properties: {
    workspaceId: p.uuid().primary(),
    ticketId: p.uuid().primary(),
    metric: p
      .enum(() => SlaMetric)
      .columnType('text')
      .primary(),
    /** Counts up where a promise is made anew, as with each message of the client. */
    cycle: p.integer().primary(),
    policyId: p.uuid(),
    policyVersion: p.integer(),
    calendarId: p.uuid().strictNullable(),
    calendarVersion: p.integer().strictNullable(),
    /** Null = nothing is promised; it is counted all the same, for a policy that may come to promise something. */
    targetMs: p.bigint('number').strictNullable(),
    elapsedMs: p.bigint('number'),
    runningSince: p.datetime().strictNullable(),
    /** When `BreachWatch` must record that the target is reached; null once it has, and while the clock is not running. */
    breachesAt: p.datetime().fieldName('due_at').strictNullable(),
    /** When somebody is to be warned; null where nobody is, or was already. */
    warnAt: p.datetime().strictNullable(),
    warnedAt: p.datetime().strictNullable(),
    stoppedAt: p.datetime().strictNullable(),
    /** When elapsed time reached the present target; null while time is left. */
    overdueSince: p.datetime().strictNullable(),
    /** The first breach of the cycle. Never removed, even if a longer target leaves time again. */
    breachedAt: p.datetime().strictNullable(),
    /** The change that brought the breach about; null where time did. */
    breachCause: p
      .enum(() => SegmentReason)
      .columnType('text')
      .strictNullable(),
    /** It breached, and nobody was told yet. */
    untold: p.boolean(),
    /** When the next step is taken because it is overdue by so much; null where none is left, and while it stands. */
    stepAt: p.datetime().strictNullable(),
    /** Steps up to so many minutes overdue were taken. */
    escalatedMinutes: p.integer(),
    cancelledAt: p.datetime().strictNullable(),
  },
});

/** What of a policy a clock keeps in mind. */
type Rules = Pick<SlaPolicyVersion, 'warning' | 'steps'>;

const instant = (date: Date | null | undefined) => date?.getTime() ?? null;
const date = (milliseconds: number | null) => (milliseconds === null ? null : new Date(milliseconds));

/** One promise about one ticket, as stored. Its arithmetic is that of `Clock` in the rules. */
export class SlaClock extends SlaClockSchema.class {
  /** `calendar`: the one that it is pinned to. */
  asClock(calendar: Calendar | null): Clock {
    return {
      targetMs: this.targetMs,
      calendar,
      elapsedMs: this.elapsedMs,
      runningSince: instant(this.runningSince),
      stoppedAt: instant(this.stoppedAt),
      overdueSince: instant(this.overdueSince),
      breachedAt: instant(this.breachedAt),
      cancelledAt: instant(this.cancelledAt),
    };
  }

  set(clock: Clock, { warning: { share, beforeMinutes }, steps }: Rules): void {
    if (clock.breachedAt !== null && this.breachedAt === null) this.untold = true;
    this.targetMs = clock.targetMs;
    this.elapsedMs = Math.round(clock.elapsedMs);
    this.runningSince = date(clock.runningSince);
    this.stoppedAt = date(clock.stoppedAt);
    this.overdueSince = date(clock.overdueSince);
    this.breachedAt = date(clock.breachedAt);
    this.cancelledAt = date(clock.cancelledAt);
    this.breachesAt = date(breachesAt(clock));
    const overdueMinutes = this.nextStep(steps);
    const hasStep = overdueMinutes !== null && clock.targetMs !== null;
    this.stepAt = hasStep ? date(reaches(clock, clock.targetMs + overdueMinutes * 60_000)) : null;
    this.warnAt = this.warnedAt ? null : date(warnsAt(clock, { share, beforeMs: beforeMinutes * 60_000 }));
  }

  /** By how many minutes the ticket must be overdue for the next step that waits for that; null where none is left. */
  nextStep(steps: readonly EscalationStep[]): number | null {
    const waiting = steps
      .filter(({ on, metric }) => on === EscalationMoment.BREACH && (metric === null || metric === this.metric))
      .map(({ afterMinutes }) => afterMinutes)
      .filter((minutes) => minutes > this.escalatedMinutes);
    return waiting.length === 0 ? null : Math.min(...waiting);
  }
}
SlaClockSchema.setClass(SlaClock);

/** Why a clock began to run or to stand. */
export const SegmentReason = {
  STARTED: 'STARTED',
  RUNS_BY_STATUS: 'RUNS_BY_STATUS',
  STANDS_BY_STATUS: 'STANDS_BY_STATUS',
  KEPT: 'KEPT',
  CANCELLED: 'CANCELLED',
  RESTARTED: 'RESTARTED',
  PRIORITY_CHANGED: 'PRIORITY_CHANGED',
  POLICY_CHANGED: 'POLICY_CHANGED',
  HOURS_CHANGED: 'HOURS_CHANGED',
  REAPPLIED: 'REAPPLIED',
  BEFORE_THE_LEDGER: 'BEFORE_THE_LEDGER',
} as const;
export type SegmentReason = (typeof SegmentReason)[keyof typeof SegmentReason];

const SlaSegmentSchema = defineEntity({
  name: 'SlaSegment',
  properties: {
    workspaceId: p.uuid().primary(),
    ticketId: p.uuid().primary(),
    metric: p
      .enum(() => SlaMetric)
      .columnType('text')
      .primary(),
    cycle: p.integer().primary(),
    fromAt: p.datetime().primary(),
    /** Null while it lasts. */
    toAt: p.datetime().strictNullable(),
    running: p.boolean(),
    reason: p.enum(() => SegmentReason).columnType('text'),
    policyId: p.uuid(),
    policyVersion: p.integer(),
    calendarId: p.uuid().strictNullable(),
    calendarVersion: p.integer().strictNullable(),
  },
});

/** A stretch of a clock's life: it ran or stood, for one reason, by one policy and one calendar. */
export class SlaSegment extends SlaSegmentSchema.class {}
SlaSegmentSchema.setClass(SlaSegment);
