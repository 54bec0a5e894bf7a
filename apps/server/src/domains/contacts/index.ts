export { Contact } from './contact.entity.ts';
export { createContact, type CreateContact } from './create-contact.ts';
export { contactById } from './find-contacts.ts';
