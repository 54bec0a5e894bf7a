export const SplitEvent = {
  /** On the ticket that lost a part. */
  SPLIT: 'ticket.split',
  /** On the ticket that was made. */
  BEGAN: 'ticket.split_off',
  /** On the ticket that has its part again. */
  UNDONE: 'ticket.split_undone',
} as const;
