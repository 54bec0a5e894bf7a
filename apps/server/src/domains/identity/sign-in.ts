import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/id.ts';
import { Session } from './credential.entity.ts';
import { SignInRefused } from './identity.errors.ts';
import { Account, Member } from './member.entity.ts';
import { hashSecret, newSecret, verifyPassword } from './secret.ts';

const sessionDays = 30;

export interface SignIn {
  readonly email: string;
  readonly password: string;
  readonly userAgent: string;
}

export interface SignedIn {
  /** The one time that the secret is outside the browser's cookie. */
  readonly secret: string;
  readonly expiresAt: Date;
  readonly member: Member;
}

/** Opens a session in the first workspace the person is an active member of. Nobody is asking yet, so no scope. */
export async function signIn(em: EntityManager, clock: Clock, { email, password, userAgent }: SignIn): Promise<SignedIn> {
  const account = await em.findOne(Account, { email: email.trim().toLowerCase() });
  const matches = await verifyPassword(password, account?.passwordHash);
  const member =
    account && matches ? await em.findOne(Member, { accountId: account.id, active: true }, { orderBy: { createdAt: 'asc' } }) : null;
  if (!member) throw new SignInRefused();

  const secret = newSecret('session');
  const now = clock();
  const expiresAt = new Date(now.getTime() + sessionDays * 86_400_000);
  await em.insert(Session, {
    workspaceId: member.workspaceId,
    id: newId(),
    memberId: member.id,
    tokenHash: hashSecret(secret),
    userAgent: userAgent.slice(0, 255),
    createdAt: now,
    expiresAt,
  });
  return { secret, expiresAt, member };
}

/** Ends the session; whatever is open under it ends with it. Unknown secrets end nothing. */
export async function signOut(em: EntityManager, secret: string): Promise<void> {
  await em.nativeDelete(Session, { tokenHash: hashSecret(secret) });
}
