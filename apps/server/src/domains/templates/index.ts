export { createTemplate, editTemplate, type TemplateWanted } from './save-template.ts';
export { TicketTemplate } from './ticket-template.entity.ts';
