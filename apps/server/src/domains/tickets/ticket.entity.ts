import { defineEntity, p } from '@mikro-orm/core';
import { limits, mayMoveTo, Priority, StatusCategory, TicketSource } from '@baton/rules';
import { requireLine } from '../../kernel/text.ts';
import type { Status } from './status.entity.ts';
import { StatusMoveRefused } from './ticket.errors.ts';
import type { RichText } from './rich-text.ts';

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
    /** The status that it returns to once it is no spam. */
    statusBeforeSpamId: p.uuid().strictNullable().default(null),
    /** How often it was done and came back. */
    reopenCount: p.integer().default(0),
  },
});

/** A unit of work. */
export class Ticket extends TicketSchema.class {
  /** Moves to a status and keeps what follows from its category. */
  moveTo(status: Status, at: Date): void {
    if (!mayMoveTo(this.category, status.category)) throw new StatusMoveRefused(this.category, status.category);
    const wasDone = isDone(this);
    enter(this, status, at);
    if (wasDone && !isDone(this)) this.reopenCount += 1;
    if (isDone(this) !== wasDone) this.resolvedAt = isDone(this) ? at : null;
  }

  /** Returns to a status that it had. This is no reopening. */
  comeBackTo(status: Status, at: Date): void {
    enter(this, status, at);
    this.resolvedAt = isDone(this) ? (this.resolvedAt ?? at) : null;
  }

  rename(subject: string): void {
    this.subject = requireLine('subject', subject, limits.subject);
  }

  describe(description: RichText): void {
    this.description = description;
  }
}
TicketSchema.setClass(Ticket);

function isDone({ category }: Ticket): boolean {
  return category === StatusCategory.RESOLVED || category === StatusCategory.CLOSED;
}

function enter(ticket: Ticket, status: Status, at: Date): void {
  const isSpam = status.category === StatusCategory.SPAM;
  if (isSpam && ticket.category !== StatusCategory.SPAM) ticket.statusBeforeSpamId = ticket.statusId;
  if (!isSpam) ticket.statusBeforeSpamId = null;
  ticket.statusId = status.id;
  ticket.category = status.category;
  ticket.statusSince = at;
  ticket.staleAt = null;
}

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
