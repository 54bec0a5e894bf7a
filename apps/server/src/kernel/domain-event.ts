import { newId } from './id.ts';

/** One field of a ticket before and after, as ids and plain values. Read by the activity log, never sent unasked. */
export interface FieldChange {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** Something that happened, in the past tense and thin: what it was about, not the rows themselves. */
export interface DomainEvent {
  readonly id: string;
  readonly type: string;
  readonly ticketId: string | null;
  readonly changes: readonly FieldChange[];
  /** The members it is addressed to: a notification's receiver, a new watcher, the mentioned. */
  readonly memberIds: readonly string[];
  /** The row beside the ticket that it is about, such as a note. */
  readonly subjectId: string | null;
  /** Nothing of the ticket changed, so the time of its last change stays. */
  readonly passive?: boolean;
}

export function domainEvent(type: string, ticketId: string | null, rest: Partial<DomainEvent> = {}): DomainEvent {
  return { id: newId(), type, ticketId, changes: [], memberIds: [], subjectId: null, ...rest };
}

/** What filters and policies look at in a ticket, as the log holds it. The tickets domain knows its shape. */
export type LoggedFacets = Readonly<Record<string, unknown>>;

/** An event as the log holds it. `position` orders the workspace's stream, `ticketVersion` the ticket's own. */
export interface LoggedEvent extends DomainEvent {
  readonly workspaceId: string;
  readonly position: number;
  readonly ticketVersion: number | null;
  readonly actorKind: string;
  readonly actorId: string | null;
  /** The access token that the actor used; null for a browser. */
  readonly tokenId: string | null;
  readonly causeId: string | null;
  readonly at: Date;
  /** The ticket's facets just before the event; null when it begins the ticket, and for an event about no ticket. */
  readonly facetsBefore: LoggedFacets | null;
  readonly facets: LoggedFacets | null;
}
