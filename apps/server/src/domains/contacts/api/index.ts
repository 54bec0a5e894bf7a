export { ContactResolver } from './contact.resolver.ts';
export { NewContactInput, ContactExistsType, ContactType } from './contact.type.ts';
