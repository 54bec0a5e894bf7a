import { defineEntity, p } from '@mikro-orm/core';
import type { Names } from '../tickets/index.ts';

export const FieldType = {
  TEXT: 'TEXT',
  LONG_TEXT: 'LONG_TEXT',
  NUMBER: 'NUMBER',
  CHECKBOX: 'CHECKBOX',
  SELECT: 'SELECT',
  MULTI_SELECT: 'MULTI_SELECT',
  DATE: 'DATE',
  DATE_TIME: 'DATE_TIME',
  URL: 'URL',
  EMAIL: 'EMAIL',
  PHONE: 'PHONE',
  CONTACT: 'CONTACT',
  MEMBER: 'MEMBER',
  EXTERNAL_ID: 'EXTERNAL_ID',
} as const;
export type FieldType = (typeof FieldType)[keyof typeof FieldType];

/** When a field must have a value: never, before a ticket is resolved or closed, or always. */
export const FieldRequired = { NEVER: 'NEVER', ON_RESOLVE: 'ON_RESOLVE', ALWAYS: 'ALWAYS' } as const;
export type FieldRequired = (typeof FieldRequired)[keyof typeof FieldRequired];

/** One of the choices of a select. */
interface FieldOption {
  readonly id: string;
  readonly name: Names;
}

const CustomFieldSchema = defineEntity({
  name: 'CustomField',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    /** For programs. */
    key: p.text(),
    type: p.enum(() => FieldType).columnType('text'),
    name: p.json<Names>(),
    help: p.text(),
    /** The topics whose tickets have it, and those under them; none = all tickets. */
    topicIds: p.array().columnType('uuid[]'),
    required: p.enum(() => FieldRequired).columnType('text'),
    defaultValues: p.json<readonly string[]>(),
    options: p.json<readonly FieldOption[]>(),
    /** Of a number; of a text, how many characters it has. */
    minimum: p.float().strictNullable(),
    maximum: p.float().strictNullable(),
    /** What the whole of a text must match, as RE2 writes it; '' = anything. */
    pattern: p.text().default(''),
    /** Whether those who only look on see it too. */
    forLightAgents: p.boolean(),
    /** Whether the client of a ticket sees it on the page of their link. */
    forClients: p.boolean().default(false),
    place: p.integer(),
    version: p.integer(),
    removedAt: p.datetime().strictNullable(),
  },
});

/** A field of the workspace's own. */
export class CustomField extends CustomFieldSchema.class {}
CustomFieldSchema.setClass(CustomField);

const TicketFieldSchema = defineEntity({
  name: 'TicketField',
  properties: {
    workspaceId: p.uuid().primary(),
    ticketId: p.uuid().primary(),
    fieldId: p.uuid().primary(),
    /** In canonical form, one text for each value. */
    value: p.json<readonly string[]>(),
  },
});

/** What a ticket has in a field. No row = nothing. */
export class TicketField extends TicketFieldSchema.class {}
TicketFieldSchema.setClass(TicketField);
