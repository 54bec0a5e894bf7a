export { assignTicket } from './assign-ticket.ts';
export { changeStatus } from './change-status.ts';
export { lockClientsTicket, reopenTicket } from './client-ticket.ts';
export { createTicket, makeTicket, type CreateTicket } from './create-ticket.ts';
export { editTicket } from './edit-ticket.ts';
export { findTicket, lockTicket, lockTicketOrMerged, lockTicketToEdit, lockTwo } from './find-ticket.ts';
export { lockInOrder, lockTickets, lockTicketsOfContact } from './lock-order.ts';
export { endGrant, letIn } from './let-in.ts';
export { requireDistinctNames, requireNames } from './names.ts';
export { restoreStatus } from './restore-status.ts';
export { snoozeTicket } from './snooze-ticket.ts';
export { listStatuses, listTopics, requireContact, statusById, topicById } from './references.ts';
export { escaped } from './clean-html.ts';
export {
  cleanRichText,
  emailHtmlFromRichText,
  isBlank,
  plainFromRichText,
  plainMentions,
  richTextFromPlain,
  type RichText,
} from './rich-text.ts';
export { settingsChanged } from './settings.events.ts';
export { setTicketDue, stampTicket } from './stamp-ticket.ts';
export { Status, Tag, Topic, WaitingOn, type Names } from './status.entity.ts';
export { tagNames, tagTicket } from './tag-ticket.ts';
export { Ticket, TicketGrant, TicketTag } from './ticket.entity.ts';
export { asFacets, movesIn, nextInstant, ticketsPassing, topicsOf, type TicketFacets, type TimeField } from './ticket-facets.ts';
export { ticketOfRow } from './ticket-row.ts';
export { MemberCannotRead, ReferenceNotFound, TicketNotFound } from './ticket.errors.ts';
export { TicketEvent } from './ticket.events.ts';
export { canAssign, canEdit, canSee, canWork, visibleTickets, type TicketScope } from './ticket.policy.ts';
