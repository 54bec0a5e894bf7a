export { ChecklistItem } from './checklist-item.entity.ts';
export { ChecklistEvent } from './checklist.events.ts';
export { requireChecklist } from './require-checklist.ts';
export { beginChecklist, requireChecklistText } from './write-checklist.ts';
