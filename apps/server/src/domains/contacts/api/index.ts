export { ContactResolver } from './contact.resolver.ts';
export { NewContactInput, ContactExistsType, ContactNotFoundType, ContactsDifferType, ContactType } from './contact.type.ts';
