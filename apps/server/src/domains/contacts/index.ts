export { Contact } from './contact.entity.ts';
export { ContactExists, ContactNotFound } from './contact.errors.ts';
export { createContact, findContactByEmail, type CreateContact } from './create-contact.ts';
export { contactById } from './find-contacts.ts';
