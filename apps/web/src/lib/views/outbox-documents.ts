import {
  NoteAddDocument,
  ReplySendDocument,
  TicketAssignDocument,
  TicketCreateDocument,
  TicketEditDocument,
  TicketSetFieldsDocument,
  TicketSetStatusDocument,
  TicketTagDocument,
  WatcherAddDocument,
  WatcherRemoveDocument,
} from '#lib/graphql/generated/graphql.ts';

/** What may wait in the outbox, by the name under which it waits: a later version of these pages must still know it. */
export const outboxDocuments = {
  noteAdd: NoteAddDocument,
  replySend: ReplySendDocument,
  ticketAssign: TicketAssignDocument,
  ticketCreate: TicketCreateDocument,
  ticketEdit: TicketEditDocument,
  ticketSetFields: TicketSetFieldsDocument,
  ticketSetStatus: TicketSetStatusDocument,
  ticketTag: TicketTagDocument,
  watcherAdd: WatcherAddDocument,
  watcherRemove: WatcherRemoveDocument,
};
