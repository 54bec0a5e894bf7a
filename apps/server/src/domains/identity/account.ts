import type { EntityManager } from '@mikro-orm/postgresql';
import { Account, Member } from './member.entity.ts';

/** The account behind an address, however it was typed. */
export function findAccount(em: EntityManager, email: string): Promise<Account | null> {
  return em.findOne(Account, { email: email.trim().toLowerCase() });
}

/** The workspaces somebody works in, the one they joined first before the others. */
export function membershipsOf(em: EntityManager, accountId: string): Promise<Member[]> {
  return em.find(Member, { accountId, active: true }, { orderBy: { createdAt: 'asc', id: 'asc' } });
}

/** Words of somebody that others know, which a password must not be made of. */
export function knownWords(email: string, names: readonly string[]): string[] {
  return [email, ...email.split(/\W/), ...names, ...names.flatMap((name) => name.split(/\s/)), 'baton'];
}
