import { DomainError } from '../../kernel/domain-error.ts';

export class RatingNotFound extends DomainError {
  readonly code = 'RATING_NOT_FOUND';
  constructor() {
    super('There is no such rating, or it was taken away.', 'ratingId');
  }
}

/** There is nothing to rate. */
export class NotToBeRated extends DomainError {
  readonly code = 'NOT_TO_BE_RATED';
  constructor() {
    super('This can be rated once it is resolved. If something is left to do, write it below.', 'score');
  }
}
