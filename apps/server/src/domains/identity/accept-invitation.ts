import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/id.ts';
import type { Origin } from '../../kernel/viewer.ts';
import { logSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { findAccount, knownWords } from './account.ts';
import { InvitationNotAllowed, SignInRequired } from './identity.errors.ts';
import { endShownLinks, useInvitation } from './letters.ts';
import { Account, Member, MemberKind } from './member.entity.ts';
import { requirePassword } from './password.ts';
import { hashPassword } from './secret.ts';

export interface Acceptance {
  readonly at: Date;
  readonly origin: Origin;
}

/** Creates the account of an invited person. A person who has an account signs in instead: an invitation sets no password of theirs. */
export function acceptWithNewAccount(
  em: EntityManager,
  clock: Clock,
  { token, password }: { readonly token: string; readonly password: string },
  origin: Origin,
): Promise<Member> {
  return em.transactional(async (tx) => {
    const at = clock();
    const { member, mailed } = await useInvitation(tx, token, at);
    if (await findAccount(tx, member.email)) throw new SignInRequired();
    requirePassword(password, knownWords(member.email, [member.name]));
    const account = await createAccount(tx, { email: member.email, passwordHash: await hashPassword(password), at });
    if (!account) throw new SignInRequired();
    if (mailed) account.addressProvenAt = at;
    await join(tx, account, member, { at, origin });
    return member;
  });
}

/** Accepts an invitation for an account whose holder has just proved who they are. */
export async function acceptByLink(tx: EntityManager, account: Account, token: string, acceptance: Acceptance): Promise<Member> {
  const { member } = await useInvitation(tx, token, acceptance.at);
  if (member.email !== account.email) throw new InvitationNotAllowed();
  await join(tx, account, member, acceptance);
  return member;
}

/** Accepts without a link, which only the proven holder of the address may. Null where no invitation waits. */
export async function acceptPending(
  tx: EntityManager,
  account: Account,
  acceptance: Acceptance,
  workspaceId?: string,
): Promise<Member | null> {
  const waiting = await pendingInvitations(tx, account);
  const found = waiting.find((one) => workspaceId === undefined || one.workspaceId === workspaceId);
  if (!found) return null;
  const where = { workspaceId: found.workspaceId, id: found.id, accountId: null, active: true };
  const member = await tx.findOne(Member, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (member) await join(tx, account, member, acceptance);
  return member;
}

/** The members that an account may become without a link, the first invitation first. */
export async function pendingInvitations(em: EntityManager, { email, addressProvenAt }: Account): Promise<Member[]> {
  if (addressProvenAt === null) return [];
  return em.find(Member, { email, accountId: null, kind: MemberKind.PERSON, active: true }, { orderBy: { createdAt: 'asc', id: 'asc' } });
}

interface NewAccount {
  readonly email: string;
  /** Null for an account that signs in through another service. */
  readonly passwordHash: string | null;
  readonly at: Date;
}

/** Null where an account with this address exists. */
export async function createAccount(tx: EntityManager, { email, passwordHash, at }: NewAccount): Promise<Account | null> {
  const id = newId();
  const created = await tx.execute<object[]>(
    'insert into account (id, email, password_hash, created_at) values (?, ?, ?, ?) on conflict (email) do nothing returning id',
    [id, email, passwordHash, at],
  );
  return created.length === 0 ? null : findAccount(tx, email);
}

async function join(tx: EntityManager, account: Account, member: Member, { at, origin }: Acceptance): Promise<void> {
  const { workspaceId, id } = member;
  member.accountId = account.id;
  // An administrator of the account's other workspace must not get into this one.
  await endShownLinks(tx, account.id, at);
  await logSecurity(tx, { workspaceId, kind: SecurityEventKind.INVITATION_ACCEPTED, actorId: id, at, origin });
}
