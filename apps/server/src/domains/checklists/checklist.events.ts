export const ChecklistEvent = {
  ADDED: 'checklist.added',
  RENAMED: 'checklist.renamed',
  DONE: 'checklist.done',
  UNDONE: 'checklist.undone',
  REMOVED: 'checklist.removed',
  ORDERED: 'checklist.ordered',
} as const;
