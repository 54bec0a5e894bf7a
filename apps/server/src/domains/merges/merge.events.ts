export const MergeEvent = {
  /** Of the source. */
  MERGED: 'ticket.merged',
  /** Of the destination. */
  RECEIVED: 'ticket.received_merge',
  /** Of the source. */
  UNDONE: 'ticket.merge_undone',
  /** Of the destination. */
  GAVE_BACK: 'ticket.gave_back_merge',
} as const;
