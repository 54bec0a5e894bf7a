export const RatingEvent = {
  /** The client was written to. */
  ASKED: 'rating.asked',
  GIVEN: 'rating.given',
  /** The client wrote, or wrote anew, why. */
  COMMENTED: 'rating.commented',
  REMOVED: 'rating.removed',
} as const;
