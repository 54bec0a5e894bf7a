export const ViewEvent = {
  /** Made, changed or deleted: who holds a list of views loads it anew. */
  CHANGED: 'view.changed',
} as const;
