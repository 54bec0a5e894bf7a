import { limits } from '@baton/rules';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { newId } from '../../kernel/id.ts';
import { requireLine } from '../../kernel/text.ts';
import { may } from '../../kernel/viewer.ts';
import { accessChanged } from '../../platform/live/live-desk.ts';
import type { Scope } from '../../platform/scope.ts';
import { AccessToken } from './credential.entity.ts';
import { AccessTokenNotFound } from './identity.errors.ts';
import { hashSecret, newSecret } from './secret.ts';

const maxDays = 365;

export interface CreateAccessToken {
  readonly name: string;
  /** Days until it expires, 1 to 365. */
  readonly days: number;
}

/** Makes a token that acts as its maker. The secret is in the answer and nowhere else. */
export function createAccessToken(scope: Scope, { name, days }: CreateAccessToken): Promise<{ token: AccessToken; secret: string }> {
  return scope.transaction(async (tx) => {
    if (!may(tx.viewer, 'token.own')) throw new NotPermitted('Your role has no access tokens. Ask an administrator.');
    if (days < 1 || days > maxDays) throw new InvalidInput(`A token lives 1 to ${maxDays} days; ${days} were given.`, 'days');
    const secret = newSecret('baton');
    const now = tx.now();
    const token = tx.em.create(AccessToken, {
      workspaceId: tx.workspaceId,
      id: newId(),
      memberId: tx.viewer.memberId,
      name: requireLine('name', name, limits.name),
      tokenHash: hashSecret(secret),
      hint: secret.slice(0, 10),
      createdAt: now,
      expiresAt: new Date(now.getTime() + days * 86_400_000),
      lastUsedAt: null,
      revokedAt: null,
    });
    return { token, secret };
  });
}

export function revokeAccessToken(scope: Scope, id: string): Promise<AccessToken> {
  return scope.transaction(async (tx) => {
    const { workspaceId, viewer } = tx;
    const token = await tx.em.findOne(AccessToken, { workspaceId, id, memberId: viewer.memberId, revokedAt: null });
    if (!token) throw new AccessTokenNotFound();
    token.revokedAt = tx.now();
    tx.record(domainEvent(accessChanged, null, { memberIds: [viewer.memberId] }));
    return token;
  });
}

/** The viewer's own tokens that still open something, newest first. */
export function listAccessTokens(scope: Scope): Promise<AccessToken[]> {
  const { workspaceId, viewer } = scope;
  return scope.em.find(AccessToken, { workspaceId, memberId: viewer.memberId, revokedAt: null }, { orderBy: { createdAt: 'desc' } });
}
