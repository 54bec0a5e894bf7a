export { Contact } from './contact.entity.ts';
export { canReadContactDetails } from './contact.policy.ts';
export { createContact, type CreateContact } from './create-contact.ts';
export { contactById, findContact } from './find-contacts.ts';
