import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.ts';
import type { Origin } from '../../kernel/viewer.ts';
import { findAccount, membershipsOf } from './account.ts';
import { SingleSignOn } from './credential.entity.ts';
import { openSession, type OpenedSession } from './session.ts';

/** What a provider says of somebody, after its word was checked. */
export interface ProvenIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  /** Whether the provider itself vouches for the address. */
  readonly emailVerified: boolean;
}

/**
 * Lets in whom a provider vouches for: known by its own id for them, or the first time by an address that it has verified.
 * An address alone would let anybody in who may write what they like at the provider. Null for nobody of this desk.
 */
export async function signInProven(em: EntityManager, clock: Clock, proven: ProvenIdentity, origin: Origin): Promise<OpenedSession | null> {
  const { issuer, subject, email, emailVerified } = proven;
  return em.transactional(async (tx) => {
    const known = await tx.findOne(SingleSignOn, { issuer, subject });
    const account = known ? { id: known.accountId } : email && emailVerified ? await findAccount(tx, email) : null;
    const [member] = account ? await membershipsOf(tx, account.id) : [];
    if (!account || !member) return null;
    if (!known) await tx.insert(SingleSignOn, { issuer, subject, accountId: account.id, createdAt: clock() });
    return openSession(tx, clock, member, origin, 'single sign-on', true);
  });
}
