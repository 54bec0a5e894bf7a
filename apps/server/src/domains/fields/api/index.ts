export { CustomFieldResolver, FieldValueResolver, TicketFieldsResolver } from './field.resolver.ts';
export { FieldInput } from './field.type.ts';
