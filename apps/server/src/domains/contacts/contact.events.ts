export const ContactEvent = {
  /** It was created, edited, blocked, merged or erased. */
  CHANGED: 'contact.changed',
} as const;
