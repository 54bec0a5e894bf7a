export const AttachmentEvent = {
  /** To the ticket itself; those of notes and messages come with them. */
  ADDED: 'ticket.file_added',
  REMOVED: 'ticket.file_removed',
} as const;
