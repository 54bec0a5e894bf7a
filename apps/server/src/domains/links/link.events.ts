export const LinkEvent = {
  LINKED: 'ticket.linked',
  UNLINKED: 'ticket.unlinked',
} as const;
