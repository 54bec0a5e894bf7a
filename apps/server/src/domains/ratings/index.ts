export { askForRating } from './ask-for-rating.ts';
export { clientRating, rateAsClient, type OwnRating, type Rated } from './rate-ticket.ts';
export { Rating } from './rating.entity.ts';
export { RatingEvent } from './rating.events.ts';
