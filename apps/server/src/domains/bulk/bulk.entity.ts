import { defineEntity, p } from '@mikro-orm/core';
import type { Priority } from '@baton/rules';
import type { FieldChange } from '../../kernel/domain-event.ts';
import type { Permission } from '../../kernel/viewer.ts';

/** What is done to each ticket; everything given, or nothing of it. */
export interface BulkAction {
  /** Null = to nobody. */
  readonly assigneeId?: string | null | undefined;
  readonly teamId?: string | null | undefined;
  readonly priority?: Priority | null | undefined;
  readonly statusId?: string | null | undefined;
  /** Names; a tag that the workspace does not have yet is made. */
  readonly addTags?: readonly string[] | null | undefined;
  readonly removeTags?: readonly string[] | null | undefined;
  /** Whether who asks watches it from then on. */
  readonly watch?: boolean | null | undefined;
  /** HTML of a note that each gets. */
  readonly note?: string | null | undefined;
  readonly delete?: boolean | null | undefined;
  /** The ticket that each becomes part of. */
  readonly mergeIntoId?: string | null | undefined;
}

/** FAILED: an internal error, listed for administrators. SKIPPED: changed since, so not undone as a whole. */
export const BulkOutcome = {
  DONE: 'DONE',
  UNCHANGED: 'UNCHANGED',
  FORBIDDEN: 'FORBIDDEN',
  GONE: 'GONE',
  REFUSED: 'REFUSED',
  SKIPPED: 'SKIPPED',
  FAILED: 'FAILED',
} as const;
export type BulkOutcome = (typeof BulkOutcome)[keyof typeof BulkOutcome];

const BulkJobSchema = defineEntity({
  name: 'BulkJob',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    memberId: p.uuid(),
    permissions: p.array<Permission>().columnType('text[]'),
    /** The token that started it; null for a browser. */
    tokenId: p.uuid().strictNullable().default(null),
    action: p.json<BulkAction>(),
    /** The job that it undoes. */
    undoOfId: p.uuid().strictNullable(),
    causeId: p.uuid(),
    total: p.integer(),
    createdAt: p.datetime(),
    finishedAt: p.datetime().strictNullable(),
    cancelled: p.boolean(),
    /** When the results per ticket were deleted; null while they are kept. */
    cleanedAt: p.datetime().strictNullable().default(null),
  },
});

/** Something to be done to many tickets, one after the other, on the server. */
export class BulkJob extends BulkJobSchema.class {}
BulkJobSchema.setClass(BulkJob);

const BulkItemSchema = defineEntity({
  name: 'BulkItem',
  properties: {
    workspaceId: p.uuid().primary(),
    jobId: p.uuid().primary(),
    ticketId: p.uuid().primary(),
    outcome: p
      .enum(() => BulkOutcome)
      .columnType('text')
      .strictNullable(),
    message: p.text(),
    changes: p.json<readonly FieldChange[]>(),
  },
});

/** One of its tickets, and what came of it. */
export class BulkItem extends BulkItemSchema.class {}
BulkItemSchema.setClass(BulkItem);
