import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.ts';
import type { Origin } from '../../kernel/viewer.ts';
import { hashSecret, type Keys } from '../../platform/keys.ts';
import { logSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { findAccount, membershipsOf } from './account.ts';
import { Session } from './credential.entity.ts';
import { SecondFactorNeeded, SecondFactorRefused, SignInRefused } from './identity.errors.ts';
import { Account } from './member.entity.ts';
import { passSecondFactor } from './second-factor.ts';
import { openSession, type OpenedSession } from './session.ts';
import { verifyPassword } from './secret.ts';

export interface SignIn {
  readonly email: string;
  readonly password: string;
  /** Of the authenticator, or a recovery code; needed where the account asks for it. */
  readonly code?: string | null | undefined;
}

/** Opens a session in the first workspace the person is an active member of. Nobody is asking yet, so no scope. */
export async function signIn(
  em: EntityManager,
  clock: Clock,
  keys: Keys,
  { email, password, code }: SignIn,
  origin: Origin,
): Promise<OpenedSession> {
  const account = await findAccount(em, email);
  const matches = await verifyPassword(password, account?.passwordHash);
  const [member] = account ? await membershipsOf(em, account.id) : [];
  if (!account || !member) throw new SignInRefused();
  const refuse = (why: string) =>
    logSecurity(em, {
      workspaceId: member.workspaceId,
      kind: SecurityEventKind.SIGN_IN_REFUSED,
      subjectId: member.id,
      at: clock(),
      origin,
      details: { why },
    });
  if (!matches) {
    await refuse('password');
    throw new SignInRefused();
  }
  if (account.totpConfirmedAt) {
    if (!code) throw new SecondFactorNeeded();
    const passed = await em.transactional(async (tx) => {
      // Locked, so that of two requests with one code one gets in.
      const locked = await tx.findOneOrFail(Account, { id: account.id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
      return passSecondFactor(tx, keys, locked, code, clock());
    });
    if (!passed) {
      await refuse('code');
      throw new SecondFactorRefused();
    }
  }
  return openSession(em, clock, member, origin, account.totpConfirmedAt ? 'password and code' : 'password');
}

/** Ends the session; whatever is open under it ends with it. Unknown secrets end nothing. */
export async function signOut(em: EntityManager, clock: Clock, secret: string, origin: Origin): Promise<void> {
  const session = await em.findOne(Session, { tokenHash: hashSecret(secret) });
  if (!session) return;
  const { workspaceId, memberId } = session;
  await em.nativeDelete(Session, { workspaceId, id: session.id });
  await logSecurity(em, { workspaceId, kind: SecurityEventKind.SIGNED_OUT, actorId: memberId, at: clock(), origin });
}
