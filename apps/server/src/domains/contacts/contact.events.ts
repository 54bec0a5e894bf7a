export const ContactEvent = { CHANGED: 'contact.changed' } as const;
