import { limits } from '@baton/rules';
import { InvalidInput, NotPermitted } from '../../kernel/domain-error.ts';
import { isId } from '../../kernel/id.ts';
import { may } from '../../kernel/viewer.ts';
import type { Scope } from '../../platform/scope.ts';
import { readSecurityLog, type SecurityEvent } from '../../platform/security-log.ts';

export interface SecurityPage {
  readonly events: readonly SecurityEvent[];
  readonly hasNext: boolean;
}

/** What touched security in the workspace, newest first. */
export async function listSecurityEvents(scope: Scope, first: number, after: string | null): Promise<SecurityPage> {
  if (!may(scope.viewer, 'security.read')) throw new NotPermitted('Your role does not read the security log. Ask an administrator.');
  if (after && !isId(after)) throw new InvalidInput('The cursor is not one of this list.', 'after');
  const count = Math.max(1, Math.min(first, limits.pageSize));
  const found = await readSecurityLog(scope, count + 1, after);
  return { events: found.slice(0, count), hasNext: found.length > count };
}
