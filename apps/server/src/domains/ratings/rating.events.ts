export const RatingEvent = {
  /** The client was written to. */
  ASKED: 'rating.asked',
  GIVEN: 'rating.given',
  REMOVED: 'rating.removed',
} as const;
