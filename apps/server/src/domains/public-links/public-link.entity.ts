import { defineEntity, p } from '@mikro-orm/core';

const PublicLinkSchema = defineEntity({
  name: 'PublicLink',
  properties: {
    workspaceId: p.uuid().primary(),
    ticketId: p.uuid().primary(),
    /** Another for each link that was ever made for the ticket, so that a revoked one never comes back. */
    generation: p.uuid(),
    tokenHash: p.text().hidden(),
    /** The member who made it; null for the desk itself. */
    openedBy: p.uuid().strictNullable(),
    openedAt: p.datetime(),
    revokedAt: p.datetime().strictNullable(),
    /** When the customer's last visit was logged. */
    readAt: p.datetime().strictNullable().default(null),
  },
});

/** The link by which a client follows a ticket without an account. Its address is worked out anew, never kept. */
export class PublicLink extends PublicLinkSchema.class {}
PublicLinkSchema.setClass(PublicLink);
