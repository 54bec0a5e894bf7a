export const FieldEvent = {
  /** Values of a ticket's. */
  SET: 'ticket.fields_set',
} as const;
