export { TicketTemplateResolver } from './template.resolver.ts';
