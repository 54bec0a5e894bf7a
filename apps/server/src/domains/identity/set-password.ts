import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import type { Origin } from '../../kernel/viewer.ts';
import { accessChanged } from '../../platform/live/live-desk.ts';
import { post } from '../../platform/mail/mailer.ts';
import type { Scope } from '../../platform/scope.ts';
import { logSecurity, recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { findAccount, knownWords, membershipsOf } from './account.ts';
import { LetterKind } from './credential.entity.ts';
import { LinkInvalid, PasswordRefused } from './identity.errors.ts';
import { endLinks, letterWords, makeLink, useLink } from './letters.ts';
import { Account, type Member } from './member.entity.ts';
import { requirePassword } from './password.ts';
import { accountOf, endSessionsOf } from './session.ts';
import { hashPassword, verifyPassword } from './secret.ts';

export interface ChangePassword {
  readonly current: string;
  readonly next: string;
  /** The session that asks, which stays; all others end. */
  readonly secret: string | null;
}

/** Changes one's own password, for somebody who knows the one there is. */
export function changePassword(scope: Scope, { current, next, secret }: ChangePassword): Promise<void> {
  return scope.transaction(async (tx) => {
    const accountId = await accountOf(tx);
    const account = accountId && (await tx.em.findOne(Account, { id: accountId }));
    if (!account || !(await verifyPassword(current, account.passwordHash))) throw new PasswordRefused('current');
    const members = await membershipsOf(tx.em, account.id);
    await setPassword(tx.em, account, members, next, { at: tx.now(), keep: secret });
    await recordSecurity(tx, SecurityEventKind.PASSWORD_CHANGED);
    tx.record(domainEvent(accessChanged, null, { memberIds: [tx.viewer.memberId] }));
  });
}

/** Sends a link to an address if somebody has it. The answer is the same when nobody does. */
export async function sendResetLink(em: EntityManager, clock: Clock, publicUrl: string, email: string, origin: Origin): Promise<void> {
  const account = await findAccount(em, email);
  const [member] = account ? await membershipsOf(em, account.id) : [];
  if (!account || !member) return;
  const { workspaceId, name, locale, id } = member;
  const at = clock();
  await em.transactional(async (tx) => {
    const link = await makeLink(tx, publicUrl, LetterKind.RESET, account.id, at);
    await post(tx, { workspaceId, recipient: account.email, ...letterWords(locale, 'RESET', { name, workspace: '', link }) }, at);
    await logSecurity(tx, { workspaceId, kind: SecurityEventKind.PASSWORD_RESET_ASKED, subjectId: id, at, origin });
  });
}

/** Sets the password of whoever has a link of that kind; answers who it is, for a session to be opened. */
export function redeemLink(
  em: EntityManager,
  clock: Clock,
  { kind, token, password }: { kind: LetterKind; token: string; password: string },
  origin: Origin,
): Promise<{ account: Account; member: Member }> {
  return em.transactional(async (tx) => {
    const at = clock();
    const { accountId } = await useLink(tx, kind, token, at);
    const account = await tx.findOneOrFail(Account, { id: accountId });
    const members = await membershipsOf(tx, accountId);
    const [member] = members;
    if (!member) throw new LinkInvalid();
    await setPassword(tx, account, members, password, { at, keep: null });
    const what = kind === LetterKind.RESET ? SecurityEventKind.PASSWORD_CHANGED : SecurityEventKind.INVITATION_ACCEPTED;
    await logSecurity(tx, { workspaceId: member.workspaceId, kind: what, actorId: member.id, at, origin });
    return { account, member };
  });
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
