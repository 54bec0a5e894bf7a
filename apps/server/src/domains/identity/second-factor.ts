import { randomInt } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { generateSecret, generateURI, verify } from 'otplib';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { domainEvent } from '../../kernel/domain-event.ts';
import { hashSecret, type Keys } from '../../platform/keys.ts';
import type { Scope } from '../../platform/scope.ts';
import { accessChanged } from '../../platform/live/live-desk.ts';
import { recordSecurity, SecurityEventKind } from '../../platform/security-log.ts';
import { RecoveryCode } from './credential.entity.ts';
import { requireConfirmedBrowser } from './credential.policy.ts';
import { SecondFactorRefused } from './identity.errors.ts';
import { Account } from './member.entity.ts';
import { accountOf } from './session.ts';
import { removeSecondFactor } from './set-password.ts';

/** What the secrets of authenticators are sealed for: a copy of the database opens no account. */
const purpose = 'second factor';
const recoveryCodes = 10;
/** A code of half a minute before or after is taken too: clocks of telephones differ. */
const toleranceSeconds = 30;
// Without letters and digits that look alike.
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export interface NewSecondFactor {
  readonly secret: string;
  /** What an authenticator reads, as an `otpauth:` address (Key URI Format of Google Authenticator). */
  readonly uri: string;
}

/** Makes a secret for an authenticator. Nothing is asked for until a first code has shown that it arrived. */
export function beginSecondFactor(scope: Scope, keys: Keys): Promise<NewSecondFactor> {
  return scope.transaction(async (tx) => {
    requireConfirmedBrowser(tx);
    const account = await ownAccount(tx);
    if (account.totpConfirmedAt) throw new InvalidInput('A second factor is set up already. End it first to set up another.');
    const secret = generateSecret();
    account.totpSecret = keys.seal(purpose, secret);
    return { secret, uri: generateURI({ issuer: 'Baton', label: account.email, secret }) };
  });
}

/** Turns the second factor on; answers the recovery codes, which are shown this once. */
export function confirmSecondFactor(scope: Scope, keys: Keys, code: string): Promise<string[]> {
  return scope.transaction(async (tx) => {
    requireConfirmedBrowser(tx);
    const account = await ownAccount(tx);
    if (account.totpConfirmedAt || !account.totpSecret) throw new InvalidInput('Begin to set up a second factor first.');
    if (!(await useTotp(tx.em, keys, account, code))) throw new SecondFactorRefused();
    account.totpConfirmedAt = tx.now();
    const codes = Array.from({ length: recoveryCodes }, newRecoveryCode);
    await tx.em.nativeDelete(RecoveryCode, { accountId: account.id });
    await tx.em.insertMany(
      RecoveryCode,
      codes.map((one) => ({ accountId: account.id, codeHash: hashSecret(one), usedAt: null })),
    );
    await recordSecurity(tx, SecurityEventKind.SECOND_FACTOR_ON);
    // Where the workspace asks for one, they may go on now.
    tx.record(domainEvent(accessChanged, null));
    return codes;
  });
}

/** Turns it off, for somebody who can show that they have it. */
export function endSecondFactor(scope: Scope, keys: Keys, code: string): Promise<void> {
  return scope.transaction(async (tx) => {
    requireConfirmedBrowser(tx);
    const account = await ownAccount(tx);
    if (!account.totpConfirmedAt) return;
    if (!(await passSecondFactor(tx.em, keys, account, code, tx.now()))) throw new SecondFactorRefused();
    await removeSecondFactor(tx.em, account);
    await recordSecurity(tx, SecurityEventKind.SECOND_FACTOR_OFF);
    tx.record(domainEvent(accessChanged, null));
  });
}

/** Whether a code of the authenticator, or a recovery code, opens the account. Either works once. */
export async function passSecondFactor(em: EntityManager, keys: Keys, account: Account, code: string, at: Date): Promise<boolean> {
  const typed = code.replace(/[\s-]/g, '').toUpperCase();
  if (/^\d{6}$/.test(typed)) return useTotp(em, keys, account, typed);
  const used = await em.nativeUpdate(RecoveryCode, { accountId: account.id, codeHash: hashSecret(typed), usedAt: null }, { usedAt: at });
  return used === 1;
}

async function useTotp(em: EntityManager, keys: Keys, { id, totpSecret }: Account, code: string): Promise<boolean> {
  const token = code.replace(/\s/g, '');
  if (!totpSecret || !/^\d{6}$/.test(token)) return false;
  const result = await verify({ secret: keys.unseal(purpose, totpSecret), token, epochTolerance: toleranceSeconds });
  if (!result.valid || !('timeStep' in result)) return false;
  // One statement claims the time step, so that a code works once however many requests bring it together.
  const claimed = await em.execute<object[]>(
    'update account set totp_last_step = ? where id = ? and (totp_last_step is null or totp_last_step < ?) returning id',
    [result.timeStep, id, result.timeStep],
  );
  return claimed.length === 1;
}

function newRecoveryCode(): string {
  return Array.from({ length: 12 }, () => alphabet[randomInt(alphabet.length)]).join('');
}

async function ownAccount(tx: Scope): Promise<Account> {
  const id = await accountOf(tx);
  if (id === null) throw new InvalidInput('A service account has no second factor.');
  return tx.em.findOneOrFail(Account, { id });
}
