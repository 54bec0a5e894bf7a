export { CustomFieldResolver, FieldValueResolver, TicketFieldsResolver } from './field.resolver.ts';
export { CustomFieldNotFoundType, FieldInput } from './field.type.ts';
