export { CustomField, TicketField } from './field.entity.ts';
export { FieldEvent } from './field.events.ts';
export { canSeeField } from './field.policy.ts';
export { fieldById, fieldsOfTicket, listFields } from './find-fields.ts';
export { beginFields, fieldPrefix, requireFields, setFields, type FieldEdit } from './set-fields.ts';
