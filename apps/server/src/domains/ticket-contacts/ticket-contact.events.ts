export const TicketContactEvent = {
  ADDED: 'ticket.contact_added',
  REMOVED: 'ticket.contact_removed',
} as const;
