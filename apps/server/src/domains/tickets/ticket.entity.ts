import { defineEntity, p } from '@mikro-orm/core';
import { limits, mayMoveTo, Priority, StatusCategory } from '@baton/rules';
import { requireLine } from '../../kernel/text.ts';
import type { Status } from './status.entity.ts';
import { StatusMoveRefused } from './ticket.errors.ts';
import type { RichText } from './rich-text.ts';

export const TicketSource = {
  EMAIL: 'EMAIL',
  WIDGET: 'WIDGET',
  AGENT: 'AGENT',
  API: 'API',
  AUTOMATION: 'AUTOMATION',
  IMPORT: 'IMPORT',
} as const;
export type TicketSource = (typeof TicketSource)[keyof typeof TicketSource];

const TicketSchema = defineEntity({
  name: 'Ticket',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    number: p.integer(),
    subject: p.text(),
    description: p.text(),
    statusId: p.uuid(),
    /** Its status's category, kept beside it for the lists' indexes. */
    category: p.enum(() => StatusCategory).columnType('text'),
    priority: p.enum(() => Priority).columnType('text'),
    topicId: p.uuid().strictNullable(),
    assigneeId: p.uuid().strictNullable(),
    teamId: p.uuid().strictNullable(),
    requesterId: p.uuid().strictNullable(),
    source: p.enum(() => TicketSource).columnType('text'),
    /** When somebody must have acted, set by whoever keeps the desk's promises; null while nothing is due. */
    dueAt: p.datetime().strictNullable(),
    /** When it came into its status. */
    statusSince: p.datetime(),
    /** Kept out of the working lists until then. */
    snoozedUntil: p.datetime().strictNullable(),
    /** Grows by one with every event about the ticket. */
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    resolvedAt: p.datetime().strictNullable(),
    /** Null while it is not deleted: nobody sees it until it is restored. */
    deletedAt: p.datetime().strictNullable().default(null),
    deletedById: p.uuid().strictNullable().default(null),
    /** When its assignee was told that it has waited for too long; null once its status changes. */
    staleAt: p.datetime().strictNullable().default(null),
    /** The ticket that it became part of; null for one that is its own. */
    mergedIntoId: p.uuid().strictNullable().default(null),
    /** How often it was done and came back. */
    reopenCount: p.integer().default(0),
  },
});

/** A unit of work. */
export class Ticket extends TicketSchema.class {
  /** Moves to a status and keeps what follows from its category. */
  moveTo(status: Status, at: Date): void {
    if (!mayMoveTo(this.category, status.category)) throw new StatusMoveRefused(this.category, status.category);
    const wasDone = this.category === StatusCategory.RESOLVED || this.category === StatusCategory.CLOSED;
    const isDone = status.category === StatusCategory.RESOLVED || status.category === StatusCategory.CLOSED;
    this.statusId = status.id;
    this.category = status.category;
    this.statusSince = at;
    this.staleAt = null;
    if (wasDone && !isDone) this.reopenCount += 1;
    if (isDone !== wasDone) this.resolvedAt = isDone ? at : null;
  }

  /** As if it had never left: what was not asked for by anybody is no reopening. */
  comeBackTo(status: Status, at: Date): void {
    this.statusId = status.id;
    this.category = status.category;
    this.statusSince = at;
    this.staleAt = null;
    if (status.category !== StatusCategory.RESOLVED && status.category !== StatusCategory.CLOSED) this.resolvedAt = null;
  }

  rename(subject: string): void {
    this.subject = requireLine('subject', subject, limits.subject);
  }

  describe(description: RichText): void {
    this.description = description;
  }
}
TicketSchema.setClass(Ticket);

const TicketTagSchema = defineEntity({
  name: 'TicketTag',
  properties: {
    workspaceId: p.uuid().primary(),
    ticketId: p.uuid().primary(),
    tagId: p.uuid().primary(),
  },
});

export class TicketTag extends TicketTagSchema.class {}
TicketTagSchema.setClass(TicketTag);

const TicketGrantSchema = defineEntity({
  name: 'TicketGrant',
  properties: {
    workspaceId: p.uuid().primary(),
    memberId: p.uuid().primary(),
    ticketId: p.uuid().primary(),
    reason: p.text().primary(),
  },
});

/** Lets a member into a ticket of another team, for a reason that can end. */
export class TicketGrant extends TicketGrantSchema.class {}
TicketGrantSchema.setClass(TicketGrant);
