import { defineEntity, p } from '@mikro-orm/core';

const WorkAttemptSchema = defineEntity({
  name: 'WorkAttempt',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    worker: p.text(),
    item: p.text(),
    ticketId: p.uuid().strictNullable(),
    memberId: p.uuid().strictNullable(),
    /** Set while a worker holds the item. Only the holder may record a result. */
    leaseId: p.uuid().strictNullable(),
    attempts: p.integer(),
    error: p.text(),
    firstAt: p.datetime(),
    lastAt: p.datetime(),
    /** When the lease expires or the next attempt is due; null once given up. */
    retryAt: p.datetime().strictNullable(),
    discardedAt: p.datetime().strictNullable(),
  },
});

/** An item of background work that is in progress under a lease, that failed, or that was given up. */
export class WorkAttempt extends WorkAttemptSchema.class {}
WorkAttemptSchema.setClass(WorkAttempt);
