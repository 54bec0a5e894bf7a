import { defineEntity, p } from '@mikro-orm/core';
import { clockState, dueAt, Priority, type Clock, type ClockState } from '@baton/rules';

export const SlaMetric = { FIRST_RESPONSE: 'FIRST_RESPONSE', RESOLUTION: 'RESOLUTION' } as const;
export type SlaMetric = (typeof SlaMetric)[keyof typeof SlaMetric];

const SlaPolicySchema = defineEntity({
  name: 'SlaPolicy',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.text(),
    /** The first policy by place that matches applies. */
    place: p.integer(),
  },
});

export class SlaPolicy extends SlaPolicySchema.class {}
SlaPolicySchema.setClass(SlaPolicy);

const SlaTargetSchema = defineEntity({
  name: 'SlaTarget',
  properties: {
    workspaceId: p.uuid().primary(),
    policyId: p.uuid().primary(),
    metric: p
      .enum(() => SlaMetric)
      .columnType('text')
      .primary(),
    priority: p
      .enum(() => Priority)
      .columnType('text')
      .primary(),
    minutes: p.integer(),
  },
});

export class SlaTarget extends SlaTargetSchema.class {}
SlaTargetSchema.setClass(SlaTarget);

const SlaClockSchema = defineEntity({
  name: 'SlaClock',
  properties: {
    workspaceId: p.uuid().primary(),
    ticketId: p.uuid().primary(),
    metric: p
      .enum(() => SlaMetric)
      .columnType('text')
      .primary(),
    policyId: p.uuid(),
    targetMs: p.bigint('number'),
    elapsedMs: p.bigint('number'),
    runningSince: p.datetime().strictNullable(),
    dueAt: p.datetime().strictNullable(),
    stoppedAt: p.datetime().strictNullable(),
    breachedAt: p.datetime().strictNullable(),
    cancelledAt: p.datetime().strictNullable(),
  },
});

const instant = (date: Date | null | undefined) => date?.getTime() ?? null;
const date = (milliseconds: number | null) => (milliseconds === null ? null : new Date(milliseconds));

/** One promise about one ticket, as stored. Its arithmetic is that of `Clock` in the rules. */
export class SlaClock extends SlaClockSchema.class {
  get state(): ClockState {
    return clockState(this.reading());
  }

  reading(): Clock {
    return {
      targetMs: this.targetMs,
      elapsedMs: this.elapsedMs,
      runningSince: instant(this.runningSince),
      stoppedAt: instant(this.stoppedAt),
      breachedAt: instant(this.breachedAt),
      cancelledAt: instant(this.cancelledAt),
    };
  }

  set(clock: Clock): void {
    this.targetMs = clock.targetMs;
    this.elapsedMs = Math.round(clock.elapsedMs);
    this.runningSince = date(clock.runningSince);
    this.stoppedAt = date(clock.stoppedAt);
    this.breachedAt = date(clock.breachedAt);
    this.cancelledAt = date(clock.cancelledAt);
    this.dueAt = date(dueAt(clock));
  }
}
SlaClockSchema.setClass(SlaClock);
