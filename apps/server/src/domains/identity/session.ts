import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { isId, newId } from '../../kernel/id.ts';
import { cutText } from '../../kernel/text.ts';
import type { Origin, Viewer } from '../../kernel/viewer.ts';
import { hashSecret } from '../../platform/keys.ts';
import { accessChanged } from '../../platform/live/live-desk.ts';
import type { Scope } from '../../platform/scope.ts';
import { logSecurity, recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { Session } from './credential.entity.ts';
import { requireBrowser, requireConfirmedBrowser } from './credential.policy.ts';
import { SessionNotFound } from './identity.errors.ts';
import { Member } from './member.entity.ts';
import { newSecret } from './secret.ts';

const sessionDays = 30;

export interface OpenedSession {
  /** The one time that the secret is outside the browser's cookie. */
  readonly secret: string;
  readonly expiresAt: Date;
  readonly member: Member;
}

/** Opens a session for somebody who has just proved who they are. `singleSignOn`: another service vouched for them. */
export async function openSession(
  em: EntityManager,
  clock: Clock,
  member: Member,
  origin: Origin,
  how: string,
  singleSignOn = false,
): Promise<OpenedSession> {
  if (member.accountId === null) throw new Error(`${member.id} is a machine, which signs in nowhere`);
  const secret = newSecret('session');
  const now = clock();
  const expiresAt = new Date(now.getTime() + sessionDays * 86_400_000);
  const { workspaceId, id: memberId, accountId } = member;
  await em.insert(Session, {
    workspaceId,
    id: newId(),
    memberId,
    accountId,
    tokenHash: hashSecret(secret),
    userAgent: cutText(origin.userAgent, 255),
    address: origin.address,
    createdAt: now,
    expiresAt,
    lastUsedAt: null,
    singleSignOn,
    confirmedAt: now,
  });
  await logSecurity(em, { workspaceId, kind: SecurityEventKind.SIGNED_IN, actorId: memberId, at: now, origin, details: { how } });
  return { secret, expiresAt, member };
}

/** The viewer's sessions in all their workspaces, the newest first. */
export async function listSessions(scope: Scope): Promise<Session[]> {
  requireBrowser(scope.viewer);
  const accountId = await accountOf(scope);
  if (accountId === null) return [];
  return scope.em.find(Session, { accountId, expiresAt: { $gt: scope.now() } }, { orderBy: { createdAt: 'desc' } });
}

/** Signs one of the viewer's browsers out; whatever is open there ends within a second. */
export function endSession(scope: Scope, id: string): Promise<void> {
  return scope.transaction(async (tx) => {
    requireConfirmedBrowser(tx);
    const accountId = await accountOf(tx);
    const session = accountId && isId(id) ? await tx.em.findOne(Session, { id, accountId }) : null;
    if (!session) throw new SessionNotFound();
    await tx.em.nativeDelete(Session, { workspaceId: session.workspaceId, id });
    await recordSecurity(tx, SecurityEventKind.SESSION_ENDED, { details: { userAgent: session.userAgent } });
    tx.record(domainEvent(accessChanged, null, { memberIds: [tx.viewer.memberId] }));
  });
}

/** Signs out all browsers of the viewer except the one that asks; returns how many. */
export function endOtherSessions(scope: Scope): Promise<number> {
  return scope.transaction(async (tx) => {
    const { id } = requireConfirmedBrowser(tx);
    const accountId = await accountOf(tx);
    if (accountId === null) return 0;
    const ended = await endSessionsOf(tx.em, accountId, id);
    if (ended > 0) await recordSecurity(tx, SecurityEventKind.SESSION_ENDED, { details: { others: ended } });
    tx.record(domainEvent(accessChanged, null, { memberIds: [tx.viewer.memberId] }));
    return ended;
  });
}

/** Ends every session of an account; `except` is the id of one that stays. */
export function endSessionsOf(em: EntityManager, accountId: string, except: string | null): Promise<number> {
  return em.nativeDelete(Session, { accountId, ...(except ? { id: { $ne: except } } : {}) });
}

export async function accountOf({ em, workspaceId, viewer }: Scope): Promise<string | null> {
  const member = await em.findOneOrFail(Member, { workspaceId, id: viewer.memberId });
  return member.accountId;
}

export function isCurrent({ id }: Session, { credential }: Viewer): boolean {
  return credential?.kind === 'SESSION' && credential.id === id;
}
