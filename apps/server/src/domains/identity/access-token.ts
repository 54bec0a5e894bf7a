import { limits } from '@baton/rules';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { newId } from '../../kernel/id.ts';
import { requireLine } from '../../kernel/text.ts';
import { isPermission, may, type Permission } from '../../kernel/viewer.ts';
import { hashSecret } from '../../platform/keys.ts';
import { accessChanged } from '../../platform/live/live-desk.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { AccessToken } from './credential.entity.ts';
import { AccessTokenNotFound } from './identity.errors.ts';
import { newSecret } from './secret.ts';

const maxDays = 365;

export interface CreateAccessToken {
  readonly name: string;
  /** Days until it expires, 1 to 365. */
  readonly days: number;
  /** What it may do at most; null = all that its owner may. */
  readonly permissions?: readonly string[] | null | undefined;
}

/** Makes a token that acts as its maker. The secret is in the answer and nowhere else. */
export function createAccessToken(scope: Scope, command: CreateAccessToken): Promise<{ token: AccessToken; secret: string }> {
  return scope.transaction(async (tx) => {
    if (!may(tx.viewer, 'token.own')) throw new NotPermitted('Your role has no access tokens. Ask an administrator.');
    return issueToken(tx, tx.viewer.memberId, command);
  });
}

/** Makes a token that acts as a member. Nobody gives a token more than they may do themselves. */
export async function issueToken(tx: Scope, memberId: string, { name, days, permissions }: CreateAccessToken) {
  if (days < 1 || days > maxDays) throw new InvalidInput(`A token lives 1 to ${maxDays} days; ${days} were given.`, 'days');
  const secret = newSecret('baton');
  const now = tx.now();
  // A token that has fewer rights than its owner makes none that has more.
  const part = permissions ? requirePermissions(tx, permissions) : isPartial(tx) ? [...tx.viewer.permissions] : null;
  const token = tx.em.create(AccessToken, {
    workspaceId: tx.workspaceId,
    id: newId(),
    memberId,
    name: requireLine('name', name, limits.name),
    tokenHash: hashSecret(secret),
    hint: secret.slice(0, 10),
    permissions: part,
    createdAt: now,
    expiresAt: new Date(now.getTime() + days * 86_400_000),
    lastUsedAt: null,
    revokedAt: null,
  });
  await recordSecurity(tx, SecurityEventKind.TOKEN_CREATED, {
    subjectId: memberId,
    details: { token: token.id, name: token.name, permissions: part },
  });
  return { token, secret };
}

function isPartial({ viewer }: Scope): boolean {
  return viewer.partial === true;
}

/** The named permissions, each known and each the viewer's own. */
export function requirePermissions({ viewer }: Scope, names: readonly string[]): Permission[] {
  return [...new Set(names)].map((name) => {
    if (!isPermission(name)) throw new InvalidInput(`There is no permission "${name}".`, 'permissions');
    if (!may(viewer, name)) throw new NotPermitted(`You cannot give "${name}", which you do not have yourself.`);
    return name;
  });
}

/** One's own token; or anybody's, for those who keep the workspace's tokens. */
export function revokeAccessToken(scope: Scope, id: string): Promise<AccessToken> {
  return scope.transaction(async (tx) => {
    const { workspaceId, viewer } = tx;
    const whose = may(viewer, 'token.machine') ? {} : { memberId: viewer.memberId };
    const token = await tx.em.findOne(AccessToken, { workspaceId, id, revokedAt: null, ...whose });
    if (!token) throw new AccessTokenNotFound();
    token.revokedAt = tx.now();
    await recordSecurity(tx, SecurityEventKind.TOKEN_REVOKED, { subjectId: token.memberId, details: { token: id, name: token.name } });
    tx.record(domainEvent(accessChanged, null, { memberIds: [token.memberId] }));
    return token;
  });
}

/** The viewer's own tokens that still open something, newest first. */
export function listAccessTokens(scope: Scope): Promise<AccessToken[]> {
  const { workspaceId, viewer } = scope;
  return scope.em.find(AccessToken, { workspaceId, memberId: viewer.memberId, revokedAt: null }, { orderBy: { createdAt: 'desc' } });
}
