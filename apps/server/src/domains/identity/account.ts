import type { EntityManager } from '@mikro-orm/postgresql';
import { parseEmailAddress } from '../../kernel/email-address.ts';
import { Account, Member } from './member.entity.ts';

/** An address as accounts are found by it. A text that is no address finds nothing, and is no error: sign-in must not tell. */
export function accountAddress(text: string): string {
  return parseEmailAddress(text) ?? asTyped(text);
}

/** The account behind an address, however it was typed. */
export async function findAccount(em: EntityManager, email: string): Promise<Account | null> {
  const address = accountAddress(email);
  // Accounts from before addresses had one form are found as they were typed.
  const accounts = await em.find(Account, { email: { $in: [address, asTyped(email)] } });
  return accounts.find((account) => account.email === address) ?? accounts[0] ?? null;
}

function asTyped(text: string): string {
  return text.normalize('NFC').trim().toLowerCase();
}

/** The workspaces somebody works in, the one they joined first before the others. */
export function membershipsOf(em: EntityManager, accountId: string): Promise<Member[]> {
  return em.find(Member, { accountId, active: true }, { orderBy: { createdAt: 'asc', id: 'asc' } });
}

/** Words of somebody that others know, which a password must not be made of. */
export function knownWords(email: string, names: readonly string[]): string[] {
  return [email, ...email.split(/\W/), ...names, ...names.flatMap((name) => name.split(/\s/)), 'baton'];
}
