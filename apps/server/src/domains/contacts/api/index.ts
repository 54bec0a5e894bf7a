export { ContactResolver } from './contact.resolver.ts';
export { ContactCreateInput, ContactExistsType, ContactType } from './contact.type.ts';
