import { defineEntity, p } from '@mikro-orm/core';
import { StatusCategory } from '@baton/rules';

/** A name in each language of the workspace, by locale. */
export type Names = Readonly<Record<string, string>>;

export const WaitingOn = { CUSTOMER: 'CUSTOMER', VENDOR: 'VENDOR' } as const;
export type WaitingOn = (typeof WaitingOn)[keyof typeof WaitingOn];

const StatusSchema = defineEntity({
  name: 'Status',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    category: p.enum(() => StatusCategory).columnType('text'),
    name: p.json<Names>(),
    color: p.text(),
    waitingOn: p
      .enum(() => WaitingOn)
      .columnType('text')
      .strictNullable(),
    /** Whether a ticket needs an assignee to come into it. */
    requiresAssignee: p.boolean(),
    /** The statuses from which a ticket may come into it; none = any. */
    fromIds: p.array().columnType('uuid[]'),
    place: p.integer(),
    version: p.integer(),
  },
});

/** One of the workspace's own statuses. Code asks for its category. */
export class Status extends StatusSchema.class {}
StatusSchema.setClass(Status);

const TopicSchema = defineEntity({
  name: 'Topic',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    /** For API clients and imports. Once set, it never changes. */
    key: p.text().nullable(),
    name: p.json<Names>(),
    parentId: p.uuid().strictNullable(),
    place: p.integer(),
    version: p.integer().default(1),
  },
});

/** What tickets are about. */
export class Topic extends TopicSchema.class {}
TopicSchema.setClass(Topic);

const TagSchema = defineEntity({
  name: 'Tag',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.text(),
    version: p.integer().default(1),
  },
});

export class Tag extends TagSchema.class {}
TagSchema.setClass(Tag);
