import { defineEntity, p } from '@mikro-orm/core';

const SessionSchema = defineEntity({
  name: 'Session',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    memberId: p.uuid(),
    tokenHash: p.text().hidden(),
    userAgent: p.text(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
  },
});

/** A browser in which somebody is signed in. */
export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session);

const AccessTokenSchema = defineEntity({
  name: 'AccessToken',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    memberId: p.uuid(),
    name: p.text(),
    tokenHash: p.text().hidden(),
    /** The first characters, by which its owner recognises it. */
    hint: p.text(),
    createdAt: p.datetime(),
    expiresAt: p.datetime().strictNullable(),
    lastUsedAt: p.datetime().strictNullable(),
    revokedAt: p.datetime().strictNullable(),
  },
});

/** A key by which a program acts as its owner. Only its hash is kept. */
export class AccessToken extends AccessTokenSchema.class {}
AccessTokenSchema.setClass(AccessToken);
