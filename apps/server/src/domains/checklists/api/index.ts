export { ChecklistItemResolver, TicketChecklistResolver } from './checklist.resolver.ts';
