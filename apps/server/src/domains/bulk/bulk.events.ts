export const BulkEvent = {
  /** What it does to each ticket is its consequence. */
  STARTED: 'bulk.started',
  /** It got further, or came to its end. */
  PROGRESSED: 'bulk.progressed',
} as const;
