import { NotPermitted } from '../../kernel/domain-error.ts';
import { may, ownership } from '../../kernel/viewer.ts';
import { OutgoingMail } from '../../platform/mail/outgoing-mail.entity.ts';
import type { Scope } from '../../platform/scope.ts';

const newest = 50;

/** The newest outgoing emails of the workspace. Account links are not among them: they belong to no workspace. */
export async function listLetters(scope: Scope): Promise<OutgoingMail[]> {
  if (!may(scope.viewer, ownership)) throw new NotPermitted('Only owners read outgoing emails.');
  return scope.em.find(OutgoingMail, { workspaceId: scope.workspaceId }, { orderBy: { createdAt: 'desc' }, limit: newest });
}
