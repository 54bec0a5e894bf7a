export { addressesOf, setAddresses } from './addresses.ts';
export { Contact, ContactAddress } from './contact.entity.ts';
export { ContactEvent } from './contact.events.ts';
export { joinData } from './contact-data.ts';
export { canReadContactDetails } from './contact.policy.ts';
export { createContact, type CreateContact } from './create-contact.ts';
export { lockContact } from './edit-contact.ts';
export { contactById, findContact } from './find-contacts.ts';
export { contactsByEmail } from './match-contacts.ts';
