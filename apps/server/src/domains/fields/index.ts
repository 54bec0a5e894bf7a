export { copyFields, removeCopiedFields, type CopiedFields } from './copy-fields.ts';
export { CustomField, TicketField, type FieldType } from './field.entity.ts';
export { FieldEvent } from './field.events.ts';
export { canSeeField } from './field.policy.ts';
export { fieldById, fieldsOfTicket, listFields } from './find-fields.ts';
export { createField, editField, type NewField } from './save-field.ts';
export { beginFields, fieldPrefix, requireFields, setFields, type FieldEdit } from './set-fields.ts';
