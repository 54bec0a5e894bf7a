export { ContactStreamResolver } from './contact-stream.resolver.ts';
export { ContactResolver } from './contact.resolver.ts';
export { NewContactInput, ContactNotFoundType, ContactsDifferType, ContactType } from './contact.type.ts';
