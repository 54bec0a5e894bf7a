import { limits } from '@baton/rules';
import { LockMode } from '@mikro-orm/core';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import { requireLine } from '../../kernel/text.ts';
import { actsForWholeMember, isPermission, may, ownership, tokenOf, type Permission } from '../../kernel/viewer.ts';
import { hashSecret } from '../../platform/keys.ts';
import { accessChanged } from '../../platform/live/live-desk.ts';
import { loaderByKey } from '../../platform/loader.ts';
import { once, type OnceOnly } from '../../platform/once.ts';
import type { Scope } from '../../platform/scope.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { AccessToken } from './credential.entity.ts';
import { requireConfirmed } from './credential.policy.ts';
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
    requireConfirmed(tx);
    requireOwnTokens(tx);
    return issueToken(tx, tx.viewer.memberId, command);
  });
}

/**
 * Creates a token that acts as a member. It never holds more than its creator does; one that a token created also expires
 * no later than it, and is revoked with it.
 */
export async function issueToken(tx: Scope, memberId: string, { name, days, permissions }: CreateAccessToken) {
  if (days < 1 || days > maxDays) throw new InvalidInput(`Invalid lifetime: ${days} days. Allowed: 1 to ${maxDays}.`, 'days');
  const parent = await lockParent(tx);
  const secret = newSecret('baton');
  const now = tx.now();
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
    expiresAt: earlier(new Date(now.getTime() + days * 86_400_000), parent?.expiresAt ?? null),
    lastUsedAt: null,
    revokedAt: null,
    parentId: parent?.id ?? null,
  });
  await recordSecurity(tx, SecurityEventKind.TOKEN_CREATED, {
    subjectId: memberId,
    details: { token: token.id, name: token.name, permissions: part },
  });
  return { token, secret };
}

/** Only the first answer has the secret: it is stored nowhere. */
export async function createTokenOnce(
  scope: Scope,
  asked: OnceOnly,
  issue: (tx: Scope) => Promise<{ readonly token: AccessToken; readonly secret: string }>,
): Promise<{ accessToken?: AccessToken; secret?: string }> {
  let first: string | null = null;
  const id = await once(scope, asked, async (tx) => {
    const { token, secret } = await issue(tx);
    first = secret;
    return token.id;
  });
  const accessToken = await scope.fresh().load(tokenById, id);
  return { ...(accessToken ? { accessToken } : {}), ...(first === null ? {} : { secret: first }) };
}

/** The token that the viewer uses. The lock lets a revocation that runs at the same time find what it creates. */
async function lockParent({ em, workspaceId, viewer }: Scope): Promise<AccessToken | null> {
  const id = tokenOf(viewer);
  if (id === null) return null;
  const parent = await em.findOne(
    AccessToken,
    { workspaceId, id, revokedAt: null },
    { lockMode: LockMode.PESSIMISTIC_READ, refresh: true },
  );
  if (!parent) throw new NotPermitted('This access token was revoked.');
  return parent;
}

function earlier(wanted: Date, latest: Date | null): Date {
  return latest !== null && latest < wanted ? latest : wanted;
}

function requireOwnTokens({ viewer }: Scope): void {
  if (!may(viewer, 'token.own')) throw new NotPermitted('Your role has no access tokens. Ask an administrator.');
}

function isPartial({ viewer }: Scope): boolean {
  return viewer.partial === true;
}

/** The named permissions, each known and each the viewer's own. Ownership cannot be given in part. */
export function requirePermissions({ viewer }: Scope, names: readonly string[]): Permission[] {
  return [...new Set(names)].map((name) => {
    if (!isPermission(name)) throw new InvalidInput(`There is no permission "${name}".`, 'permissions');
    if (name === ownership || !may(viewer, name)) throw new NotPermitted(`You cannot give "${name}", which you do not have yourself.`);
    return name;
  });
}

/** Revokes a token and all that it created. A token revokes itself and what it created; a browser, what `canRevoke` allows. */
export function revokeAccessToken(scope: Scope, id: string): Promise<AccessToken> {
  return scope.transaction(async (tx) => {
    const { workspaceId } = tx;
    const token = isId(id) ? await tx.em.findOne(AccessToken, { workspaceId, id, revokedAt: null }) : null;
    if (!token || !(await canRevoke(tx, token))) throw new AccessTokenNotFound();
    const memberIds = await revokeTree(tx, token);
    await recordSecurity(tx, SecurityEventKind.TOKEN_REVOKED, { subjectId: token.memberId, details: { token: id, name: token.name } });
    tx.record(domainEvent(accessChanged, null, { memberIds }));
    token.revokedAt = tx.now();
    return token;
  });
}

/** Their own; any of the workspace for those who keep its tokens. A token that lacks both ends itself and its own alone. */
async function canRevoke(tx: Scope, token: AccessToken): Promise<boolean> {
  const { viewer } = tx;
  if (may(viewer, 'token.machine')) return true;
  if (actsForWholeMember(viewer) && token.memberId === viewer.memberId) return true;
  const own = tokenOf(viewer);
  for (let at: AccessToken | null = token; at && own; at = await parentOf(tx, at)) if (at.id === own) return true;
  return false;
}

async function parentOf({ em, workspaceId }: Scope, { parentId }: AccessToken): Promise<AccessToken | null> {
  return parentId === null ? null : em.findOne(AccessToken, { workspaceId, id: parentId });
}

/** Generation by generation: once a token is revoked it creates nothing any more, so the next generation is complete. */
async function revokeTree(tx: Scope, { id, memberId }: AccessToken): Promise<string[]> {
  const { em, workspaceId } = tx;
  const memberIds = new Set([memberId]);
  let generation = [id];
  const at = tx.now();
  while (generation.length > 0) {
    await em.nativeUpdate(AccessToken, { workspaceId, id: { $in: generation }, revokedAt: null }, { revokedAt: at });
    const created = await em.find(AccessToken, { workspaceId, parentId: { $in: generation } }, { refresh: true });
    for (const token of created) memberIds.add(token.memberId);
    generation = created.map((token) => token.id);
  }
  return [...memberIds];
}

/** Whether a token still opens something. */
export async function isTokenValid(scope: Scope, id: string): Promise<boolean> {
  const { em, workspaceId } = scope;
  const unexpired = { $or: [{ expiresAt: null }, { expiresAt: { $gt: scope.now() } }] };
  return (await em.count(AccessToken, { workspaceId, id, revokedAt: null, ...unexpired })) > 0;
}

export const tokenById = loaderByKey(
  ({ em, workspaceId }, ids: readonly string[]) => em.find(AccessToken, { workspaceId, id: { $in: [...ids] } }),
  (token) => token.id,
);

/** The viewer's own tokens that still open something, newest first. */
export async function listAccessTokens(scope: Scope): Promise<AccessToken[]> {
  const { workspaceId, viewer } = scope;
  if (!actsForWholeMember(viewer)) requireOwnTokens(scope);
  return scope.em.find(AccessToken, { workspaceId, memberId: viewer.memberId, revokedAt: null }, { orderBy: { createdAt: 'desc' } });
}
