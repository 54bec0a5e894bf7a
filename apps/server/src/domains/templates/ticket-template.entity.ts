import type { Priority } from '@baton/rules';
import { defineEntity, p } from '@mikro-orm/core';

/** What a new ticket made of a template has in a field of the workspace's own. */
export interface TemplateField {
  readonly fieldId: string;
  readonly values: readonly string[];
}

const TicketTemplateSchema = defineEntity({
  name: 'TicketTemplate',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.text(),
    /** '' = whatever was typed. */
    subject: p.text(),
    description: p.text(),
    /** Null, as for those below: the template says nothing of it. */
    priority: p.text().$type<Priority>().strictNullable(),
    topicId: p.uuid().strictNullable(),
    teamId: p.uuid().strictNullable(),
    watcherIds: p.array().columnType('uuid[]'),
    fields: p.json<readonly TemplateField[]>(),
    /** Things to be done on the ticket. */
    checklist: p.array().columnType('text[]'),
    version: p.integer(),
  },
});

/** A form for a new ticket, filled in before. */
export class TicketTemplate extends TicketTemplateSchema.class {}
TicketTemplateSchema.setClass(TicketTemplate);
