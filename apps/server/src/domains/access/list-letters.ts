import { NotPermitted } from '../../kernel/domain-error.ts';
import { decide } from '../../kernel/viewer.ts';
import { OutgoingMail } from '../../platform/mail/outgoing-mail.entity.ts';
import type { Scope } from '../../platform/scope.ts';
import { Role } from '../identity/index.ts';

const newest = 50;

/**
 * The workspace's newest letters. For owners alone: until a letter is handed over, its link opens somebody's account, and
 * an administrator could become an owner by it.
 */
export function listLetters(scope: Scope): Promise<OutgoingMail[]> {
  if (!decide(scope.viewer, ({ role }) => role === Role.OWNER)) throw new NotPermitted('Letters are for owners to read.');
  return scope.em.find(OutgoingMail, { workspaceId: scope.workspaceId }, { orderBy: { createdAt: 'desc' }, limit: newest });
}
