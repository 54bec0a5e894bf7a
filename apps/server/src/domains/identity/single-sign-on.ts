import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.ts';
import type { Origin } from '../../kernel/viewer.ts';
import { acceptPending, createAccount } from './accept-invitation.ts';
import { accountAddress, findAccount, membershipsOf } from './account.ts';
import { SingleSignOn } from './credential.entity.ts';
import { Account, Member, MemberKind } from './member.entity.ts';
import { openSession, type OpenedSession } from './session.ts';
import { claimAccount } from './set-password.ts';

/** What a provider says of somebody, after its word was checked. */
export interface ProvenIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  /** Whether the provider itself vouches for the address. */
  readonly emailVerified: boolean;
}

/**
 * Signs in a user verified by a provider: by the provider's own id for them, or the first time by an email address
 * that it has verified. An unverified address would let anybody sign in as anybody. Null where no account and no
 * invitation matches.
 */
export async function signInProven(em: EntityManager, clock: Clock, proven: ProvenIdentity, origin: Origin): Promise<OpenedSession | null> {
  const { issuer, subject, email, emailVerified } = proven;
  return em.transactional(async (tx) => {
    const at = clock();
    const known = await tx.findOne(SingleSignOn, { issuer, subject });
    const account = known
      ? await tx.findOneOrFail(Account, { id: known.accountId })
      : await accountOfAddress(tx, emailVerified ? email : null, at);
    if (!account) return null;
    const [first] = await membershipsOf(tx, account.id);
    const member = first ?? (await acceptPending(tx, account, { at, origin }));
    if (!member) return null;
    if (!known) await tx.insert(SingleSignOn, { issuer, subject, accountId: account.id, createdAt: at });
    return openSession(tx, clock, member, origin, 'single sign-on', true);
  });
}

/** The account of a verified address. An invited person gets theirs now, without a password. */
async function accountOfAddress(tx: EntityManager, verified: string | null, at: Date): Promise<Account | null> {
  if (verified === null) return null;
  const email = accountAddress(verified);
  const existing = await findAccount(tx, email);
  if (existing) {
    await claimAccount(tx, existing, at);
    return existing;
  }
  const invited = await tx.count(Member, { email, accountId: null, kind: MemberKind.PERSON, active: true });
  const account = invited > 0 ? await createAccount(tx, { email, passwordHash: null, at }) : null;
  if (account) account.addressProvenAt = at;
  return account;
}
