import { defineEntity, p } from '@mikro-orm/core';

const RatingSchema = defineEntity({
  name: 'Rating',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    ticketId: p.uuid(),
    /** Of which resolution it is: a ticket that is done again is rated again. */
    resolvedAt: p.datetime(),
    /** When the client was asked by a letter; null where they were not. */
    askedAt: p.datetime().strictNullable(),
    /** 1 to 5; null while they have said nothing. */
    score: p.integer().strictNullable(),
    comment: p.text(),
    ratedAt: p.datetime().strictNullable(),
  },
});

/** How a client found that they were served. */
export class Rating extends RatingSchema.class {}
RatingSchema.setClass(Rating);
