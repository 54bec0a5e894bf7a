import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import type { Origin } from '../../kernel/viewer.ts';
import { accessChanged } from '../../platform/live/live-desk.ts';
import { post } from '../../platform/mail/mailer.ts';
import type { Scope } from '../../platform/scope.ts';
import { logSecurity, recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { findAccount, knownWords, membershipsOf } from './account.ts';
import { RecoveryCode } from './credential.entity.ts';
import { requireConfirmedBrowser } from './credential.policy.ts';
import { LinkInvalid, PasswordRefused } from './identity.errors.ts';
import { createResetLink, endLinks, letterWords, useResetLink } from './letters.ts';
import { Account, type Member } from './member.entity.ts';
import { requirePassword } from './password.ts';
import { accountOf, endSessionsOf } from './session.ts';
import { hashPassword, verifyPassword } from './secret.ts';

export interface ChangePassword {
  readonly current: string;
  readonly next: string;
}

/** Changes the viewer's own password and signs out all their other browsers. */
export function changePassword(scope: Scope, { current, next }: ChangePassword): Promise<void> {
  return scope.transaction(async (tx) => {
    const { id: keep } = requireConfirmedBrowser(tx);
    const accountId = await accountOf(tx);
    const account = accountId && (await tx.em.findOne(Account, { id: accountId }));
    if (!account || !(await verifyPassword(current, account.passwordHash))) throw new PasswordRefused('current');
    const members = await membershipsOf(tx.em, account.id);
    await setPassword(tx.em, account, members, next, { at: tx.now(), keep });
    await recordSecurity(tx, SecurityEventKind.PASSWORD_CHANGED);
    tx.record(domainEvent(accessChanged, null, { memberIds: [tx.viewer.memberId] }));
  });
}

export interface ResetRequest {
  readonly email: string;
  readonly origin: Origin;
}

/** Mails a reset link to an address that has an account. The email is in no workspace's list: its link opens all of them. */
export async function sendResetLink(em: EntityManager, clock: Clock, publicUrl: string, { email, origin }: ResetRequest): Promise<void> {
  const account = await findAccount(em, email);
  const [member] = account ? await membershipsOf(em, account.id) : [];
  if (!account || !member) return;
  const { workspaceId, name, locale, id } = member;
  const at = clock();
  await em.transactional(async (tx) => {
    const link = await createResetLink(tx, account.id, { publicUrl, at, mailed: true });
    const letter = letterWords(locale, 'RESET', { name, workspace: '', link });
    await post(tx, { workspaceId: null, recipient: account.email, ...letter }, at);
    await logSecurity(tx, { workspaceId, kind: SecurityEventKind.PASSWORD_RESET_ASKED, subjectId: id, at, origin });
  });
}

/** Sets the password of the account that a reset link is for; returns whose session to open. */
export function resetPassword(
  em: EntityManager,
  clock: Clock,
  { token, password }: { readonly token: string; readonly password: string },
  origin: Origin,
): Promise<{ account: Account; member: Member }> {
  return em.transactional(async (tx) => {
    const at = clock();
    const { accountId, mailed } = await useResetLink(tx, token, at);
    const account = await tx.findOneOrFail(Account, { id: accountId });
    const members = await membershipsOf(tx, accountId);
    const [member] = members;
    if (!member) throw new LinkInvalid();
    await setPassword(tx, account, members, password, { at, keep: null });
    if (mailed) await proveAddress(tx, account, at);
    // An administrator has seen this link, so it proves nothing of who receives email at the address.
    else account.addressProvenAt = null;
    await logSecurity(tx, { workspaceId: member.workspaceId, kind: SecurityEventKind.PASSWORD_CHANGED, actorId: member.id, at, origin });
    return { account, member };
  });
}

/**
 * The holder of the address has proved who they are. Until then another member vouched for the account and may have set
 * its second factor, which therefore ends.
 */
async function proveAddress(em: EntityManager, account: Account, at: Date): Promise<void> {
  if (account.addressProvenAt === null) await removeSecondFactor(em, account);
  account.addressProvenAt = at;
}

/** Another service has verified that the holder of the address signs in: what was set up before that proof ends. */
export async function claimAccount(em: EntityManager, account: Account, at: Date): Promise<void> {
  if (account.addressProvenAt !== null) return;
  account.passwordHash = null;
  await endSessionsOf(em, account.id, null);
  await endLinks(em, account.id, at);
  await proveAddress(em, account, at);
}

export async function removeSecondFactor(em: EntityManager, account: Account): Promise<void> {
  account.totpSecret = null;
  account.totpConfirmedAt = null;
  await em.nativeDelete(RecoveryCode, { accountId: account.id });
}

async function setPassword(
  em: EntityManager,
  account: Account,
  members: readonly Member[],
  password: string,
  { at, keep }: { at: Date; keep: string | null },
): Promise<void> {
  requirePassword(
    password,
    knownWords(
      account.email,
      members.map(({ name }) => name),
    ),
  );
  account.passwordHash = await hashPassword(password);
  await endLinks(em, account.id, at);
  await endSessionsOf(em, account.id, keep);
}
