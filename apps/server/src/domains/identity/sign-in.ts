import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.ts';
import { nobody, type Origin } from '../../kernel/viewer.ts';
import { hashSecret, type Keys } from '../../platform/keys.ts';
import type { RefusalLog } from '../../platform/refusal-log.ts';
import { logSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { acceptByLink, acceptPending } from './accept-invitation.ts';
import { findAccount, membershipsOf } from './account.ts';
import { Session } from './credential.entity.ts';
import { SecondFactorNeeded, SecondFactorRefused, SignInRefused } from './identity.errors.ts';
import type { Account, Member } from './member.entity.ts';
import { passSecondFactor } from './second-factor.ts';
import { openSession, type OpenedSession } from './session.ts';
import { verifyPassword } from './secret.ts';

export interface SignIn {
  readonly email: string;
  readonly password: string;
  /** Of the authenticator, or a recovery code; needed where the account asks for it. */
  readonly code?: string | null | undefined;
  /** The token of an invitation, which the person accepts by signing in. */
  readonly invitation?: string | null | undefined;
}

interface SignInSettings {
  readonly clock: Clock;
  readonly keys: Keys;
  readonly refusals: RefusalLog;
}

/** Opens a session in the workspace of the invitation, or in the first one that the person is an active member of. */
export async function signIn(
  em: EntityManager,
  { clock, keys, refusals }: SignInSettings,
  { email, password, code, invitation }: SignIn,
  origin: Origin,
): Promise<OpenedSession> {
  const account = await findAccount(em, email);
  const matches = await verifyPassword(password, account?.passwordHash);
  // The same work for an address without an account, so that the time of the answer says nothing.
  const [first] = await membershipsOf(em, account?.id ?? nobody);
  const refused = (what: string) => {
    if (!first) return;
    const { workspaceId, id: subjectId } = first;
    refusals.count({ workspaceId, kind: SecurityEventKind.SIGN_IN_REFUSED, subjectId, origin, what });
  };
  if (!account || !matches) {
    refused('password');
    throw new SignInRefused();
  }
  if (account.totpConfirmedAt) {
    if (!code) throw new SecondFactorNeeded();
    if (!(await passSecondFactor(em, keys, account, code, clock()))) {
      refused('code');
      throw new SecondFactorRefused();
    }
  }
  const member = await em.transactional((tx) => workspaceFor(tx, { account, first, invitation, origin, at: clock() }));
  return openSession(em, clock, member, origin, account.totpConfirmedAt ? 'password and code' : 'password');
}

interface Entering {
  readonly account: Account;
  readonly first: Member | undefined;
  readonly invitation: string | null | undefined;
  readonly origin: Origin;
  readonly at: Date;
}

async function workspaceFor(tx: EntityManager, { account, first, invitation, origin, at }: Entering): Promise<Member> {
  if (invitation) return acceptByLink(tx, account, invitation, { at, origin });
  const member = first ?? (await acceptPending(tx, account, { at, origin }));
  if (!member) throw new SignInRefused();
  return member;
}

/** Ends the session; whatever is open under it ends with it. Unknown secrets end nothing. */
export async function signOut(em: EntityManager, clock: Clock, secret: string, origin: Origin): Promise<void> {
  const session = await em.findOne(Session, { tokenHash: hashSecret(secret) });
  if (!session) return;
  const { workspaceId, memberId } = session;
  await em.nativeDelete(Session, { workspaceId, id: session.id });
  await logSecurity(em, { workspaceId, kind: SecurityEventKind.SIGNED_OUT, actorId: memberId, at: clock(), origin });
}
