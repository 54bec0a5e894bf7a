import { defineEntity, p } from '@mikro-orm/core';
import type { FieldChange, LoggedFacets } from '../kernel/domain-event.ts';

const EventRecordSchema = defineEntity({
  name: 'EventRecord',
  tableName: 'event',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    /** Given by the relay after commit; null until then. */
    position: p.bigint('number').strictNullable(),
    type: p.text(),
    ticketId: p.uuid().strictNullable(),
    ticketVersion: p.integer().strictNullable(),
    actorKind: p.text(),
    actorId: p.uuid().strictNullable(),
    /** The access token that the actor used; null for a browser. */
    tokenId: p.uuid().strictNullable().default(null),
    causeId: p.uuid().strictNullable(),
    memberIds: p.array().columnType('uuid[]'),
    subjectId: p.uuid().strictNullable(),
    changes: p.json<readonly FieldChange[]>(),
    /** Of the ticket, just after the event; null for an event about none. */
    facets: p.json<LoggedFacets>().strictNullable().lazy(),
    at: p.datetime(),
  },
});

/** One row of the event log: outbox, activity log and replay log in one. */
export class EventRecord extends EventRecordSchema.class {}
EventRecordSchema.setClass(EventRecord);
