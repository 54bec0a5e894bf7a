import { domainEvent, type DomainEvent, type FieldChange } from '../../kernel/domain-event.ts';

export const TicketEvent = {
  CREATED: 'ticket.created',
  EDITED: 'ticket.edited',
  STATUS_CHANGED: 'ticket.status_changed',
  ASSIGNED: 'ticket.assigned',
  TAGGED: 'ticket.tagged',
  SNOOZED: 'ticket.snoozed',
  DELETED: 'ticket.deleted',
  RESTORED: 'ticket.restored',
  /** It has waited for too long. */
  STALE: 'ticket.stale',
  /** Who the client is and what they wrote was taken away. */
  ERASED: 'ticket.erased',
} as const;
export type TicketEvent = (typeof TicketEvent)[keyof typeof TicketEvent];

export function ticketEvent(type: TicketEvent, ticketId: string, changes: readonly FieldChange[]): DomainEvent {
  return domainEvent(type, ticketId, { changes });
}
