import { defineEntity, p } from '@mikro-orm/core';
import type { Permission } from '../../kernel/viewer.ts';

const SessionSchema = defineEntity({
  name: 'Session',
  properties: {
    workspaceId: p.uuid().primary(),
    id: p.uuid().primary(),
    memberId: p.uuid(),
    accountId: p.uuid(),
    tokenHash: p.text().hidden(),
    userAgent: p.text(),
    address: p.text(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    /** To the minute; null = not since it was opened. */
    lastUsedAt: p.datetime().strictNullable(),
    /** Another service vouched for the person, and asks for what second factor it likes. */
    singleSignOn: p.boolean(),
    /** When the person last proved who they are. */
    confirmedAt: p.datetime(),
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
    /** What it may do at most; null = all that its owner may. */
    permissions: p.array<Permission>().columnType('text[]').strictNullable(),
    createdAt: p.datetime(),
    expiresAt: p.datetime().strictNullable(),
    lastUsedAt: p.datetime().strictNullable(),
    revokedAt: p.datetime().strictNullable(),
    /** The token that created it: revoking that one revokes this one. Null for one created in a browser. */
    parentId: p.uuid().strictNullable().default(null),
  },
});

/** A key by which a program acts as its owner. Only its hash is kept. */
export class AccessToken extends AccessTokenSchema.class {}
AccessTokenSchema.setClass(AccessToken);

export const LetterKind = { RESET: 'RESET', INVITATION: 'INVITATION' } as const;
export type LetterKind = (typeof LetterKind)[keyof typeof LetterKind];

const LetterSchema = defineEntity({
  name: 'Letter',
  properties: {
    tokenHash: p.text().primary().hidden(),
    kind: p.enum(() => LetterKind).columnType('text'),
    /** Of a reset link. */
    accountId: p.uuid().strictNullable(),
    /** Of an invitation: the member that gets an account. */
    workspaceId: p.uuid().strictNullable(),
    memberId: p.uuid().strictNullable(),
    /** False for a link that was shown to a member. Only a mailed one proves who receives email at the address. */
    mailed: p.boolean(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    usedAt: p.datetime().strictNullable(),
  },
});

/** A one-time link that sets the password of an account, or that accepts an invitation. */
export class Letter extends LetterSchema.class {}
LetterSchema.setClass(Letter);

const RecoveryCodeSchema = defineEntity({
  name: 'RecoveryCode',
  properties: {
    accountId: p.uuid().primary(),
    codeHash: p.text().primary().hidden(),
    usedAt: p.datetime().strictNullable(),
  },
});

/** Takes the place of the second factor once, for somebody who lost it. */
export class RecoveryCode extends RecoveryCodeSchema.class {}
RecoveryCodeSchema.setClass(RecoveryCode);

const SingleSignOnSchema = defineEntity({
  name: 'SingleSignOn',
  properties: {
    issuer: p.text().primary(),
    subject: p.text().primary(),
    accountId: p.uuid(),
    createdAt: p.datetime(),
  },
});

/** Whom another service's word on a person means here. */
export class SingleSignOn extends SingleSignOnSchema.class {}
SingleSignOnSchema.setClass(SingleSignOn);

const PasswordRequestSchema = defineEntity({
  name: 'PasswordRequest',
  properties: {
    id: p.uuid().primary(),
    email: p.text(),
    address: p.text(),
    userAgent: p.text(),
    createdAt: p.datetime(),
  },
});

/** A pending request for a reset link, for an address with or without an account. */
export class PasswordRequest extends PasswordRequestSchema.class {}
PasswordRequestSchema.setClass(PasswordRequest);
